using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Endless.Http;

namespace Endless.Examples;

/// <summary>One path for each thing a client can ask of a server. A table of paths and no mux: a path the client spelled oddly is a 404, not a redirect.</summary>
internal static class TestHandler
{
    /// <summary>The longest wait, in milliseconds: an hour.</summary>
    private const long MaxWait = 3_600_000;

    private static readonly MetricsHandler Metrics = new() { Allow = Access.Local };
    private static readonly HealthHandler Liveness = HealthHandler.Liveness();
    private static readonly HealthHandler Readiness = HealthHandler.Readiness();
    private static readonly StatusHandler StatusPage = new() { Allow = Access.Local };

    private static readonly byte[] Digits = Repeat("0123456789abcdef"u8, 4096);

    public static Task ServeAsync(ResponseWriter w, Request r) => r.Path switch
    {
        "/" => Allowed(w, r, "GET", "HEAD") ? Text(w, "Hello, World!") : Task.CompletedTask,
        "/echo" => EchoAsync(w, r),
        "/headers" => Allowed(w, r, "GET", "HEAD", "POST") ? Headers(w, r) : Task.CompletedTask,
        "/target" => Text(w, r.Target),
        "/chunked" => ChunkedAsync(w),
        "/nobody" => Status(w, 204),
        "/304" => Status(w, 304),
        "/slow" => SlowAsync(w, r),
        "/block" => Block(w, r),
        "/big" => BigAsync(w, r),
        "/trailers" => Trailers(w),
        "/ignore" => Allowed(w, r, "POST") ? Text(w, "ignored") : Task.CompletedTask,
        "/throw" => throw new InvalidOperationException("thrown as asked for"),
        "/throw-late" => ThrowLateAsync(w),
        "/pid" => Text(w, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
        "/tls" => Text(w, r.Tls is { } tls ? $"{tls.Version} {tls.CipherSuite} {tls.ServerName} {tls.NegotiatedProtocol}" : "in the clear"),
        "/generation" => Text(w, EndlessProcess.Generation.ToString(CultureInfo.InvariantCulture)),
        "/metrics" => Metrics.ServeHttpAsync(w, r),
        "/healthz" => Liveness.ServeHttpAsync(w, r),
        "/readyz" => Readiness.ServeHttpAsync(w, r),
        "/status" => StatusPage.ServeHttpAsync(w, r),
        "" => Status(w, 501), // CONNECT, which no path here is for (RFC 9110 section 9.1)
        _ => Status(w, 404),
    };

    /// <summary>The body, whole before the first byte goes back, however large.</summary>
    private static async Task EchoAsync(ResponseWriter w, Request r)
    {
        var whole = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 64 * 1024));
        await r.Body.CopyToAsync(whole.Writer);
        await whole.Writer.CompleteAsync();

        w.Header["Content-Type"] = "application/octet-stream";
        w.Header["X-Method"] = r.Method;
        var body = (await whole.Reader.ReadAsync()).Buffer;
        w.Header["Content-Length"] = body.Length.ToString(CultureInfo.InvariantCulture);
        foreach (var segment in body) await w.WriteAsync(segment);
        await whole.Reader.CompleteAsync();
    }

    /// <summary>A line for each field line, byte for byte as it came: field values are ISO 8859-1 here.</summary>
    private static Task Headers(ResponseWriter w, Request r)
    {
        var lines = new StringBuilder();
        foreach (var (name, value) in r.Header) lines.Append(name).Append(": ").Append(value).Append('\n');
        w.Header["Content-Type"] = "text/plain; charset=iso-8859-1";
        return w.WriteAsync(Encoding.Latin1.GetBytes(lines.ToString()));
    }

    private static async Task ChunkedAsync(ResponseWriter w)
    {
        w.Header["Content-Type"] = "text/plain";
        foreach (var word in (string[])["one", "two", "three"])
        {
            await w.WriteAsync(word);
            await w.FlushAsync();
        }
    }

    /// <summary>Waits without a thread, and whatever becomes of the client meanwhile: it may have half-closed and still be listening.</summary>
    private static async Task SlowAsync(ResponseWriter w, Request r)
    {
        if (!TryNumber(w, r, "ms", MaxWait, out var milliseconds)) return;
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds));
        await Text(w, "slow");
    }

    private static Task Block(ResponseWriter w, Request r)
    {
        if (!TryNumber(w, r, "ms", MaxWait, out var milliseconds)) return Task.CompletedTask;
        Thread.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        return Text(w, "block");
    }

    private static async Task BigAsync(ResponseWriter w, Request r)
    {
        if (!TryNumber(w, r, "n", long.MaxValue, out var left)) return;
        w.Header["Content-Type"] = "application/octet-stream";
        w.Header["Content-Length"] = left.ToString(CultureInfo.InvariantCulture);
        if (r.Method == "HEAD") return;
        for (; left > 0; left -= Digits.Length) await w.WriteAsync(Digits.AsMemory(0, (int)Math.Min(left, Digits.Length)));
    }

    private static Task Trailers(ResponseWriter w)
    {
        w.Header["Trailer"] = "X-Checksum";
        w.Trailers["X-Checksum"] = "abc";
        return Text(w, "a body with a trailer");
    }

    private static async Task ThrowLateAsync(ResponseWriter w)
    {
        await w.WriteAsync("the beginning of an answer that has no end");
        await w.FlushAsync();
        throw new InvalidOperationException("thrown late as asked for");
    }

    private static Task Text(ResponseWriter w, string text)
    {
        w.Header["Content-Type"] = "text/plain";
        w.Write(text);
        return Task.CompletedTask;
    }

    private static Task Status(ResponseWriter w, int status)
    {
        w.WriteHeader(status);
        return Task.CompletedTask;
    }

    /// <summary>The method is one of those; else they are named (RFC 9110 sections 9.3.7 and 15.5.6): in a 204 to OPTIONS, in a 405 to others.</summary>
    private static bool Allowed(ResponseWriter w, Request r, params ReadOnlySpan<string> methods)
    {
        if (methods.Contains(r.Method)) return true;
        w.Header["Allow"] = string.Join(", ", methods!);
        w.WriteHeader(r.Method == "OPTIONS" ? 204 : 405);
        return false;
    }

    /// <summary>The number that a query parameter holds, 0 if it is absent; if it is no number or too large, a 400 is written.</summary>
    private static bool TryNumber(ResponseWriter w, Request r, string name, long max, out long number)
    {
        number = 0;
        foreach (var range in r.RawQuery.AsSpan().Split('&'))
        {
            var parameter = r.RawQuery.AsSpan()[range];
            if (!parameter.StartsWith(name) || parameter.Length == name.Length || parameter[name.Length] != '=') continue;
            if (long.TryParse(parameter[(name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max) return true;
            w.WriteHeader(400);
            return false;
        }
        return true;
    }

    private static byte[] Repeat(ReadOnlySpan<byte> bytes, int times)
    {
        var result = new byte[bytes.Length * times];
        for (var i = 0; i < times; i++) bytes.CopyTo(result.AsSpan(i * bytes.Length));
        return result;
    }
}
