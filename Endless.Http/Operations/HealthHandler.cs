using Endless.Http.Generations;
using Endless.Http.Logging;

namespace Endless.Http;

/// <summary>
/// Answers the health checks of load balancers and orchestrators with 200 or 503 and a word: <see cref="Liveness"/> asks whether the process answers at
/// all, <see cref="Readiness"/> whether it is to get requests. Thread-safe.
/// </summary>
public sealed class HealthHandler : IHandler
{
    private readonly Generation _generation;
    private readonly Func<CancellationToken, ValueTask<bool>>? _check;
    private readonly bool _readiness;

    internal HealthHandler(Generation generation, bool readiness, Func<CancellationToken, ValueTask<bool>>? check)
    {
        _generation = generation;
        _readiness = readiness;
        _check = check;
    }

    /// <summary>200 as long as the process answers.</summary>
    public static HealthHandler Liveness() => new(Generation.Current, readiness: false, null);

    /// <summary>
    /// 200, but 503 from the moment the last server of the process is told to stop for good; it goes on accepting for <see cref="EndlessServer.StopDelay"/>, so that
    /// load balancers leave before it closes. A restart changes nothing: there is always a generation that serves.
    /// </summary>
    /// <param name="check">Whether the application is ready too, asked at each request; its exception means no and is logged. Its token fires when the client has gone.</param>
    public static HealthHandler Readiness(Func<CancellationToken, ValueTask<bool>>? check = null) => new(Generation.Current, readiness: true, check);

    /// <inheritdoc/>
    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var word = _readiness switch
        {
            false => "ok",
            true when _generation.IsStopping => "stopping",
            true when _check is null || await CheckAsync(_check, r).ConfigureAwait(false) => "ok",
            _ => "not ready",
        };
        w.Header["Content-Type"] = "text/plain; charset=utf-8";
        w.Header["Cache-Control"] = "no-store";
        w.WriteHeader(word == "ok" ? 200 : 503);
        await w.WriteAsync($"{word}\n").ConfigureAwait(false);
    }

    private async ValueTask<bool> CheckAsync(Func<CancellationToken, ValueTask<bool>> check, Request r)
    {
        try
        {
            return await check(r.Cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _generation.Logger.HealthCheckFailed(e);
            return false;
        }
    }
}
