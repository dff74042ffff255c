using System.Globalization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>Server-sent events, a second apart. A restart ends each stream between two events; the browser's EventSource comes back for more by itself.</summary>
internal static class Events
{
    public static void Run(string[] args)
    {
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", ServeAsync);
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
    }

    private static async Task ServeAsync(ResponseWriter w, Request r)
    {
        w.Header.Set("Content-Type", "text/event-stream");
        w.Header.Set("Cache-Control", "no-store");
        // The client has gone, or this generation is leaving: a handler that answers for ever would keep both processes until hammer time.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(r.Cancellation, r.Draining);
        await w.WriteAsync("retry: 100\n\n");
        while (!end.IsCancellationRequested)
        {
            await w.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"data: {DateTime.UtcNow:O} from pid {Environment.ProcessId}\n\n"));
            await w.FlushAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
