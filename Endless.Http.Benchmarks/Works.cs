using Endless.Http.Benchmarks.Loads;

namespace Endless.Http.Benchmarks;

/// <summary>All there is to compare.</summary>
internal static class Works
{
    // What Chromium sends with a navigation, and a cookie of ordinary size.
    private static readonly string[] BrowserHeaders =
    [
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8", "Accept-Encoding: gzip, deflate, br, zstd",
        "Accept-Language: en-GB,en-US;q=0.9,en;q=0.8", "Cache-Control: no-cache", "Cookie: session=7f0c2d6a1b9e4f5a8c3d2e1f0a9b8c7d; theme=dark; consent=1", "DNT: 1", "Pragma: no-cache",
        "Priority: u=0, i", "Referer: http://localhost/articles/latest", "Sec-CH-UA: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"", "Sec-CH-UA-Mobile: ?0", "Sec-CH-UA-Platform: \"Linux\"",
        "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: same-origin", "Sec-Fetch-User: ?1", "Upgrade-Insecure-Requests: 1",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", "X-Requested-With: bench",
    ];

    private const string GrpcPath = "/greet.Greeter/SayHello";

    private const string Pipelined = """
        init = function(args)
          local batch = {}
          for i = 1, 16 do batch[i] = wrk.format() end
          all = table.concat(batch)
        end
        request = function() return all end
        """;

    private const string Routed = """
        local n = 0
        request = function()
          n = (n + 1) % 100
          return wrk.format("GET", "/r" .. n .. "/alice/posts/4711")
        end
        """;

    private const string Posted = """
        wrk.method = "POST"
        wrk.body = string.rep("x", 16384)
        wrk.headers["Content-Type"] = "application/octet-stream"
        """;

    private const string Ordered = """
        wrk.method = "POST"
        wrk.body = '{"id":4711,"customer":"Ada Lovelace","lines":[{"article":"A-100","quantity":2,"price":9.95},{"article":"B-200","quantity":1,"price":129.00},{"article":"C-300","quantity":12,"price":0.35}],"total":0}'
        wrk.headers["Content-Type"] = "application/json"
        """;

    public static IReadOnlyList<Work> All { get; } =
    [
        new("plaintext", "plaintext", "/plaintext", new WrkLoad("/plaintext")) { IsForResponder = true, Goal = 0.55 },
        new("pipelined", "plaintext, 16 pipelined", "/plaintext", new WrkLoad("/plaintext") { Script = Pipelined }) { IsForResponder = true, Goal = 0.45 },
        new("json", "JSON", "/json", new WrkLoad("/json")) { Goal = 0.60 },
        new("headers", "20 request headers", "/plaintext", new WrkLoad("/plaintext") { Headers = BrowserHeaders }) { IsForResponder = true, Goal = 0.60 },
        new("routing", "100 routes, two parameters", "/r", new WrkLoad("/") { Script = Routed }) { Goal = 0.60 },
        new("echo", "echo of 16 KiB", "/echo", new WrkLoad("/echo") { Script = Posted }) { Goal = 0.80 },
        new("big", "response of 1 MiB", "/big", new WrkLoad("/big") { Connections = 16 }) { Goal = 0.80 },
        new("chunked", "16 chunks of 1 KiB", "/chunked", new WrkLoad("/chunked")),
        new("connections", "a connection for each request", "/plaintext", new WrkLoad("/plaintext") { Headers = ["Connection: close"] }) { IsForResponder = true, Goal = 0.75 },
        new("idle", "64 busy beside 10,000 idle", "/plaintext", new IdleLoad(10_000, new WrkLoad("/plaintext"))) { IsForResponder = true },
        new("blocking", "handlers that block 10 ms", "/block", new WrkLoad("/block")) { Figure = Figure.Rate, StartsAnew = true, Goal = 5 },
        new("beside", "beside 256 that block 1 s", "/block", new ProbeLoad(256)) { Figure = Figure.P99 },
        new("unknown", "beside 500 that begin to block", "/block", new ProbeLoad(500) { GivesUp = true }) { Figure = Figure.P99, StartsAnew = true },
        new("tls", "TLS, keep-alive", "/plaintext", new WrkLoad("/plaintext") { Tls = true }) { Protocol = Protocol.Http1OverTls, Goal = 0.85 },
        new("handshakes", "TLS, a handshake each", "/plaintext", new WrkLoad("/plaintext") { Tls = true, Connections = 16, Headers = ["Connection: close"] }) { Protocol = Protocol.Http1OverTls },
        new("h2c", "HTTP/2 in the clear", "/plaintext", new H2LoadLoad("/plaintext")) { Protocol = Protocol.Http2, Goal = 0.70 },
        new("h2", "HTTP/2 over TLS", "/plaintext", new H2LoadLoad("/plaintext") { Tls = true }) { Protocol = Protocol.Http2OverTls },
        new("orders", "JSON in and out", "/orders", new WrkLoad("/orders") { Script = Ordered }) { IsForHandlers = true, Goal = 0.65 },
        new("file", "file of 16 KiB", "/files/small.bin", new WrkLoad("/files/small.bin")) { IsForHandlers = true, Goal = 0.60 },
        new("huge", "file of 1 GiB", "/files/huge.bin", new WrkLoad("/files/huge.bin") { Connections = 2, CountsMebibytes = true }) { IsForHandlers = true, WarmUp = new WrkLoad("/files/large.bin") { Connections = 2 } },
        new("gzip", "gzip of 32 KiB", "/page", new WrkLoad("/page") { Headers = ["Accept-Encoding: gzip"] }) { IsForHandlers = true, Goal = 0.90 },
        new("session", "session by cookie", "/session", new WrkLoad("/session") { Sessions = 64 }) { IsForHandlers = true, Goal = 0.70 },
        new("logged", "plaintext with an access log", "/logged", new WrkLoad("/logged") { Headers = ["User-Agent: wrk", "Referer: http://localhost/"] }) { IsForHandlers = true, Goal = 0.70 },
        new("socket", "WebSocket echo of 64 bytes", "/socket", WebSocketLoad.Echo("/socket", 64)) { IsForHandlers = true, Goal = 0.70 },
        // Three that every peer refuses, and answers with a close.
        new("malformed", "malformed requests", "/plaintext", new ConnectionLoad("GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", "GET / HTTP/9.9\r\nHost: a\r\n\r\n")),
        new("aspnet-plaintext", "ASP.NET Core: minimal API, plaintext", "/plaintext", new WrkLoad("/plaintext")) { Application = "minimal", Goal = 0.75 },
        new("aspnet-json", "ASP.NET Core: minimal API, JSON in and out", "/orders", new WrkLoad("/orders") { Script = Ordered }) { Application = "minimal", Goal = 0.85 },
        new("aspnet-mvc", "ASP.NET Core: MVC action", "/mvc/greetings/Ada", new WrkLoad("/mvc/greetings/Ada?times=3")) { Application = "mvc", Goal = 0.90 },
        new("aspnet-file", "ASP.NET Core: static file of 16 KiB", "/files/small.bin", new WrkLoad("/files/small.bin")) { Application = "files", Goal = 0.75 },
        new("aspnet-pieces", "ASP.NET Core: 16 flushed pieces of 1 KiB", "/pieces", new WrkLoad("/pieces")) { Application = "minimal", Goal = 1.0 },
        new("aspnet-grpc", "ASP.NET Core: gRPC, unary", GrpcPath, new H2LoadLoad(GrpcPath) { GrpcMessage = [0x0A, 5, .. "World"u8] }) { Application = "grpc", Protocol = Protocol.Http2, Goal = 0.85 },
        new("aspnet-npgsql", "ASP.NET Core: one query of PostgreSQL", "/world", new WrkLoad("/world")) { Application = "database", Goal = 0.95 },
        new("aspnet-signalr", "ASP.NET Core: SignalR echo over WebSockets", "/hub", HubLoad.Of("/hub")) { Application = "hub", Goal = 0.90 },
    ];
}
