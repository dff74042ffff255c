using System.Diagnostics;
using Endless.Http.Metrics;

namespace Endless.Http.Pipeline;

/// <summary>Measures the requests of a handler, if somebody wants to know.</summary>
internal sealed class MeteredHandler(IHandler inner, RequestMetrics metrics, string scheme) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r) => metrics.IsOn ? MeasureAsync(w, r) : inner.ServeHttpAsync(w, r);

    private Task MeasureAsync(ResponseWriter w, Request r)
    {
        var start = Stopwatch.GetTimestamp();
        metrics.Begin();
        if (r is { SharesConnection: false, Connection: { } connection }) connection.HasCountedRequest = true;
        Task? task = null;
        Exception? failure = null;
        try
        {
            task = inner.ServeHttpAsync(w, r);
        }
        catch (Exception exception) when (IsNoted(exception, out failure))
        {
            throw; // never reached
        }
        finally
        {
            // Not caught and thrown again, which would double what a handler that throws costs.
            if (task is null) End(w, r, start, failure);
        }
        // Most handlers are done by now: only one that waits costs a task of ours.
        if (!task.IsCompletedSuccessfully || FinalStatus.IsOpen(w)) return AwaitAsync(task, w, r, start);
        End(w, r, start, failure: null);
        return task;
    }

    private async Task AwaitAsync(Task task, ResponseWriter w, Request r, long start)
    {
        Exception? failure = null;
        try
        {
            await task.ConfigureAwait(false);
            if (FinalStatus.IsOpen(w)) await FinalStatus.FixAsync(w).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsNoted(exception, out failure))
        {
            throw; // never reached
        }
        finally
        {
            End(w, r, start, failure);
        }
    }

    /// <summary>Always false: the exception goes on as it came, and is not thrown a second time.</summary>
    private static bool IsNoted(Exception exception, out Exception failure)
    {
        failure = exception;
        return false;
    }

    private void End(ResponseWriter w, Request r, long start, Exception? failure)
    {
        var isHijacked = false;
        if (r is { SharesConnection: false, Connection: { } connection })
        {
            // Not counted any more since its handler took the connection over, unless that was none of a server's table.
            isHijacked = r.IsHijacked;
            if (isHijacked && !connection.HasCountedRequest) return;
            connection.HasCountedRequest = false;
        }
        if (r.IsOpenEnded || isHijacked)
        {
            metrics.EndUnmeasured();
            return;
        }
        metrics.End(new RequestLabels(RequestMetrics.MethodLabel(r.Method), scheme, r.Protocol, FinalStatus.Of(w, failure), r.Pattern), Stopwatch.GetTimestamp() - start);
    }
}
