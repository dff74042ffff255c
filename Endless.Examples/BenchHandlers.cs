using System.Text.Json;
using System.Text.Json.Serialization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>What handlers are written with, behind the paths that the benchmarks measure it by: JSON, files, compression, sessions, an access log, WebSockets. Each only on its path, so that no other work pays for it.</summary>
internal static partial class BenchHandlers
{
    /// <summary>Names the directory with the files that are served; the work that needs it is there only with it.</summary>
    private const string FilesVariable = "ENDLESS_BENCH_FILES";

    private static readonly byte[] Hello = "Hello, World!"u8.ToArray();

    public static void AddTo(ServeMux mux)
    {
        mux.Post("/orders", OrderAsync);
        mux.Get("/session", Middleware.Sessions()(Handler.From(SessionAsync)));
        mux.Get("/socket", SocketAsync);
        if (Environment.GetEnvironmentVariable(FilesVariable) is not { Length: > 0 } directory) return;
        mux.Mount("/files", new FileServer(directory));
        var page = File.ReadAllBytes(Path.Combine(directory, "page.html"));
        mux.Get("/page", Middleware.Compress()(Handler.From((w, _) =>
        {
            w.Header["Content-Type"] = "text/html; charset=utf-8";
            return w.WriteAsync(page);
        })));
        mux.Get("/logged", Middleware.AccessLog(AccessLog.ToFile(Path.Combine(directory, "endless-access.log")))(Handler.From((w, _) =>
        {
            w.Header["Content-Type"] = "text/plain";
            w.Write(Hello);
        })));
    }

    private static async Task OrderAsync(ResponseWriter w, Request r)
    {
        var order = await r.ReadJsonAsync(OrderJson.Default.Order);
        await w.WriteJsonAsync(order with { Total = order.Lines.Sum(line => line.Quantity * line.Price) }, OrderJson.Default.Order);
    }

    private static async Task SessionAsync(ResponseWriter w, Request r)
    {
        var session = await r.SessionAsync();
        var user = session["user"] ?? (session["user"] = "alice");
        w.Header["Content-Type"] = "text/plain";
        w.Write(user);
    }

    private static async Task SocketAsync(ResponseWriter w, Request r)
    {
        await using var socket = await WebSocket.AcceptAsync(w, r);
        if (socket is null) return;
        while (await socket.ReceiveAsync() is { } message) await socket.SendAsync(message);
    }

    internal sealed record Order(int Id, string Customer, OrderLine[] Lines, decimal Total);

    internal sealed record OrderLine(string Article, int Quantity, decimal Price);

    [JsonSerializable(typeof(Order))]
    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    private sealed partial class OrderJson : JsonSerializerContext;
}
