using Endless.Http;

namespace Endless.Examples;

/// <summary>
/// Passes requests on to one of several servers, which are told who asked and under which request id. Restart it, or those, while it is in use: a request that has begun is answered by the generation that has it, and one that a server
/// cannot be reached with goes to the next.
/// </summary>
internal static class Proxy
{
    public static void Run(string[] args)
    {
        // A backend is http://HOST:PORT, https://HOST:PORT or unix:/PATH; the first argument is an address to listen on unless it is a URL.
        var (addr, backends) = args is [var first, ..] && !first.Contains("://", StringComparison.Ordinal) ? (first, args[1..]) : (":8080", args);
        if (backends.Length == 0) throw new ArgumentException("usage: proxy [ADDR] BACKEND...");

        using var proxy = new ReverseProxy(backends, new() { LoadBalancing = LoadBalancing.LeastRequests });
        using var output = Console.OpenStandardOutput();
        var log = AccessLog.ToStream(output, new() { Format = AccessLogFormat.Extended });
        var server = EndlessServer.NewServer(addr, Middleware.Chain(Middleware.RequestId(), Middleware.AccessLog(log))(proxy));
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
        log.DisposeAsync().AsTask().Wait(); // the last lines
    }
}
