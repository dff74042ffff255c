using System.Text;
using Endless.Http.Generations;
using Endless.Http.Metrics;
using Endless.Http.Operations;
using Endless.Http.Semantics;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>
/// Answers scrapes: the server's metrics as Prometheus text, or as OpenMetrics where the client prefers that. Requests are measured from the moment the first
/// one is made. Counters go on over restarts: a scrape never sees one fall. Thread-safe.
/// </summary>
/// <remarks>
/// <see cref="EndlessServer.Admin"/> has it at an address of its own. Elsewhere nobody sees it unless <see cref="Allow"/> says who.
/// </remarks>
public sealed class MetricsHandler : IHandler
{
    /// <summary>How long an answer waits for the counters of the generation before, which sends them as soon as it stops accepting.</summary>
    private static readonly TimeSpan CountersTimeout = TimeSpan.FromSeconds(2);

    private readonly Generation _generation;
    private readonly RenderedPage _text;
    private readonly RenderedPage _openMetrics;

    /// <summary>A handler for the metrics of this process.</summary>
    public MetricsHandler() : this(Generation.Current)
    {
    }

    internal MetricsHandler(Generation generation)
    {
        _generation = generation;
        _text = new RenderedPage(() => Make(openMetrics: false));
        _openMetrics = new RenderedPage(() => Make(openMetrics: true));
        generation.Figures.Requests.TurnOn();
    }

    /// <inheritdoc cref="StatusHandler.Allow"/>
    public Func<Request, bool> Allow { get; set => field = Allowed.NotNull(value); } = Access.Nobody;

    /// <inheritdoc/>
    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        if (!Allow(r))
        {
            await Access.RefuseAsync(w, "metrics page").ConfigureAwait(false);
            return;
        }
        if (r.Method is not ("GET" or "HEAD"))
        {
            w.Header["Allow"] = "GET, HEAD";
            w.WriteHeader(405);
            return;
        }
        // Without them a scrape in the first milliseconds of a generation would see every counter fall.
        if (!_generation.Figures.CountersArrived.IsCompleted) await Task.WhenAny(_generation.Figures.CountersArrived, Task.Delay(CountersTimeout)).ConfigureAwait(false);
        var openMetrics = PrefersOpenMetrics(r.Header.Values("Accept"));
        w.Header["Content-Type"] = openMetrics ? PrometheusText.OpenMetricsContentType : PrometheusText.ContentType;
        w.Header["Cache-Control"] = "no-store";
        await w.WriteAsync((openMetrics ? _openMetrics : _text).Get()).ConfigureAwait(false);
    }

    private byte[] Make(bool openMetrics)
    {
        // What is told here must not be more than the next generation will know of.
        _generation.Figures.SendCounters();
        return Encoding.UTF8.GetBytes(PrometheusText.Write(GenerationMetrics.Collect(_generation), openMetrics));
    }

    // The older format for clients that take anything, and that take neither (RFC 9110 section 12.4.1).
    private static bool PrefersOpenMetrics(IReadOnlyList<string> accept)
    {
        var newer = AcceptField.Weigh(accept, "application/openmetrics-text");
        var older = AcceptField.Weigh(accept, "text/plain");
        return newer.Weight > older.Weight || (newer.Weight == older.Weight && newer.Weight > 0 && newer.Match == AcceptField.Match.Exact);
    }
}
