using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>The server that the benchmarks measure: <c>benchserver ADDR [CERT KEY]</c>. Its peers answer the same paths with the same bytes. <c>--measured</c> in place of the files: with metrics and a status page.</summary>
internal static partial class BenchServer
{
    private const int Routes = 100;

    private static readonly byte[] Hello = "Hello, World!"u8.ToArray();
    private static readonly byte[] Mebibyte = new byte[1024 * 1024];
    private static readonly byte[] Piece = new byte[1024];

    public static void Run(string[] args)
    {
        var mux = Mux();
        if (args is [_, "--measured"])
        {
            mux.Handle("/metrics", new MetricsHandler { Allow = Access.Local });
            mux.Handle("/status", new StatusHandler { Allow = Access.Local });
        }
        // Routing only for what is about routing, as its peers have it.
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", (w, r) => r.Path switch
        {
            "/plaintext" => Plaintext(w),
            "/json" => Json(w),
            _ => mux.ServeHttpAsync(w, r),
        });
        server.BeforeBegin = Announce.Listening;
        server.IdleTimeout = Timeout.InfiniteTimeSpan; // some are to be idle for as long as the others are measured
        if (args is [_, var certFile, var keyFile]) server.ListenAndServeTLS(certFile, keyFile);
        else server.ListenAndServe();
    }

    private static ServeMux Mux()
    {
        Array.Fill(Mebibyte, (byte)'x');
        Array.Fill(Piece, (byte)'x');
        var mux = new ServeMux();
        mux.HandleFunc("/echo", EchoAsync);
        mux.HandleFunc("/big", (w, _) =>
        {
            w.Header["Content-Type"] = "application/octet-stream";
            w.Header["Content-Length"] = "1048576";
            return w.WriteAsync(Mebibyte);
        });
        mux.HandleFunc("/chunked", ChunkedAsync);
        BenchHandlers.AddTo(mux);
        mux.HandleFunc("/block", (w, r) =>
        {
            Thread.Sleep(int.TryParse(r.Query["ms"], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds : 10);
            w.Write(Hello);
        });
        for (var i = 0; i < Routes; i++)
        {
            mux.HandleFunc($"GET /r{i}/{{user}}/posts/{{post}}", (w, r) =>
            {
                w.Header["Content-Type"] = "text/plain";
                w.Write(r.PathValue("user"));
                w.Write(" "u8);
                w.Write(r.PathValue("post"));
            });
        }
        return mux;
    }

    private static Task Plaintext(ResponseWriter w)
    {
        w.Header["Content-Type"] = "text/plain";
        w.Write(Hello);
        return Task.CompletedTask;
    }

    private static Task Json(ResponseWriter w)
    {
        w.Header["Content-Type"] = "application/json";
        using var writer = new Utf8JsonWriter(w.BodyWriter);
        JsonSerializer.Serialize(writer, new Message("Hello, World!"), MessageJson.Default.Message);
        return Task.CompletedTask;
    }

    private static async Task EchoAsync(ResponseWriter w, Request r)
    {
        w.Header["Content-Type"] = "application/octet-stream";
        w.Header["Content-Length"] = r.ContentLength.ToString(CultureInfo.InvariantCulture);
        while (true)
        {
            var read = await r.Body.ReadAsync();
            foreach (var part in read.Buffer) await w.WriteAsync(part);
            r.Body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    /// <summary>Sixteen pieces, each sent as soon as it is written.</summary>
    private static async Task ChunkedAsync(ResponseWriter w, Request r)
    {
        w.Header["Content-Type"] = "text/plain";
        for (var i = 0; i < 16; i++)
        {
            await w.WriteAsync(Piece);
            await w.FlushAsync();
        }
    }

    internal readonly record struct Message([property: JsonPropertyName("message")] string Text);

    [JsonSerializable(typeof(Message))]
    private sealed partial class MessageJson : JsonSerializerContext;
}
