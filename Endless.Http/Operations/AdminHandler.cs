using Endless.Http.Generations;

namespace Endless.Http.Operations;

/// <summary>What the admin listener serves: status, metrics and health, each at its usual path.</summary>
internal sealed class AdminHandler : IHandler
{
    private readonly ServeMux _mux = new();

    public AdminHandler(Generation generation)
    {
        _mux.Handle("/status", new StatusHandler(generation) { Allow = Access.ToAdmin });
        _mux.Handle("/metrics", new MetricsHandler(generation) { Allow = Access.ToAdmin });
        _mux.Handle("/healthz", new HealthHandler(generation, readiness: false, null));
        _mux.Handle("/readyz", new HealthHandler(generation, readiness: true, null));
        _mux.HandleFunc("GET /{$}", (w, _) => w.Write("/status\n/metrics\n/healthz\n/readyz\n"));
    }

    public Task ServeHttpAsync(ResponseWriter w, Request r) => _mux.ServeHttpAsync(w, r);
}
