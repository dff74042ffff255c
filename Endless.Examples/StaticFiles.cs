using Endless.Http;

namespace Endless.Examples;

/// <summary>
/// Serves a directory as a site, or an application of one page: <c>app.js.br</c> beside <c>app.js</c> to who takes it, compression for the rest, a year of cache for names with a hash, <c>index.html</c> for the application's own paths. Both
/// generations of a restart write to one access log, on standard output.
/// </summary>
internal static class StaticFiles
{
    public static void Run(string[] args)
    {
        var (addr, directory) = args switch
        {
            [var first, var second] => (first, second),
            [var only] => (":8080", only),
            _ => throw new ArgumentException("usage: static [ADDR] DIRECTORY"),
        };
        if (!Directory.Exists(directory)) throw new DirectoryNotFoundException($"There is no directory {directory}");

        var files = new FileServer(directory)
        {
            Precompressed = true,
            CacheControl = FileServer.ImmutableHashedNames,
            Fallback = "/index.html",
            NotFoundPage = "/404.html",
        };
        using var output = Console.OpenStandardOutput();
        var log = AccessLog.ToStream(output);
        var server = EndlessServer.NewServer(addr, Middleware.Chain(Middleware.AccessLog(log), Middleware.SecurityHeaders(), Middleware.Compress())(files));
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
        log.DisposeAsync().AsTask().Wait(); // the last lines
    }
}
