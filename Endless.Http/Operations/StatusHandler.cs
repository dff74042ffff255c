using Endless.Http.Generations;
using Endless.Http.Operations;
using Endless.Http.Semantics;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>
/// A page that shows what the service is doing: its generations as a timeline, its restarts with their phases, connections, requests a second, latency, loops. Live, by
/// server-sent events, and it stays with the service over restarts. At the same path, the data as JSON, to those whose <c>Accept</c> asks for <c>application/json</c> or who add
/// <c>?json</c>. Requests are measured from the moment the first one is made. Thread-safe.
/// </summary>
/// <remarks>
/// Meant for operators: it says what a stranger need not know. <see cref="EndlessServer.Admin"/> has it at an address of its own. Elsewhere nobody sees it unless <see cref="Allow"/> says who.
/// </remarks>
public sealed class StatusHandler : IHandler
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Between two events at least, however much happens.</summary>
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(50);

    private readonly Generation _generation;
    private readonly RenderedPage _report;

    /// <summary>A handler for the status of this process.</summary>
    public StatusHandler() : this(Generation.Current)
    {
    }

    internal StatusHandler(Generation generation)
    {
        _generation = generation;
        _report = new RenderedPage(new StatusReport(generation).Make);
        generation.Figures.Requests.TurnOn();
    }

    /// <summary>Who may see it: <see cref="Access"/> has policies. Default nobody; who may not gets a 403. Set it before the handler serves.</summary>
    public Func<Request, bool> Allow { get; set => field = Allowed.NotNull(value); } = Access.Nobody;

    /// <inheritdoc/>
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        w.Header["Cache-Control"] = "no-store";
        w.Header["X-Content-Type-Options"] = "nosniff";
        if (!Allow(r)) return Access.RefuseAsync(w, "status page");
        if (r.Method is not ("GET" or "HEAD"))
        {
            w.Header["Allow"] = "GET, HEAD";
            w.Header["Content-Type"] = "text/plain; charset=utf-8";
            w.WriteHeader(405);
            return w.WriteAsync("Method not allowed\n");
        }
        w.Header["Vary"] = "Accept";
        if (Accepts(r, "text/event-stream") && r.Method == "GET") return ServeEventsAsync(w, r);
        if (r.RawQuery == "json" || (Accepts(r, "application/json") && !Accepts(r, "text/html"))) return ServeJsonAsync(w);
        w.Header["Content-Type"] = "text/html; charset=utf-8";
        // All that the page needs is in it, and nothing else is let in; nobody frames it.
        w.Header["Content-Security-Policy"] =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        w.Header["Referrer-Policy"] = "no-referrer";
        return w.WriteAsync(StatusPage.Bytes);
    }

    private async Task ServeJsonAsync(ResponseWriter w)
    {
        w.Header["Content-Type"] = "application/json";
        await w.WriteAsync(await ReportAsync().ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>An event a second and at each step of a restart, until this generation leaves: then the stream ends, so that its connection goes to the next one, where the page asks again.</summary>
    private async Task ServeEventsAsync(ResponseWriter w, Request r)
    {
        r.IsOpenEnded = true;
        w.Header["Content-Type"] = "text/event-stream";
        await w.WriteAsync("retry: 200\n\n"u8.ToArray()).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(r.Draining, r.Cancellation);
        var ended = Task.Delay(Timeout.InfiniteTimeSpan, ending.Token);
        while (!ending.IsCancellationRequested)
        {
            var change = _generation.Figures.History.NextChange;
            await w.WriteAsync("data: "u8.ToArray()).ConfigureAwait(false);
            await w.WriteAsync(await ReportAsync().ConfigureAwait(false)).ConfigureAwait(false);
            await w.WriteAsync("\n\n"u8.ToArray()).ConfigureAwait(false);
            await w.FlushAsync().ConfigureAwait(false);
            await Task.WhenAny(ended, Task.Delay(ShortestPeriod)).ConfigureAwait(false);
            await Task.WhenAny(ended, change, Task.Delay(Period - ShortestPeriod)).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> ReportAsync()
    {
        // What the generations before did comes from the one before, which sends it as soon as this one serves.
        if (!_generation.Figures.CountersArrived.IsCompleted)
            await Task.WhenAny(_generation.Figures.CountersArrived, Task.Delay(Period)).ConfigureAwait(false);
        return _report.Get();
    }

    private static bool Accepts(Request r, string type) => AcceptField.Names(r.Header.Values("Accept"), type);
}
