using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>What is answered for a handler that failed.</summary>
internal sealed class Recovery
{
    private readonly bool _showsDetails;
    private readonly Func<Exception, ProblemDetails?>? _map;

    public Recovery(RecoverOptions options)
    {
        _showsDetails = options.ShowDetails ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is { } name && name.Equals("Development", StringComparison.OrdinalIgnoreCase);
        _map = options.Map;
    }

    /// <summary>Whether there is somebody to answer, and time for it.</summary>
    public static bool CanAnswer(ResponseWriter w, Request r, Exception failure) =>
        failure is not AbortHandlerException && !w.HasStarted && !(failure is OperationCanceledException && r.Cancellation.IsCancellationRequested);

    public Task AnswerAsync(ResponseWriter w, Request r, Exception failure)
    {
        var problem = ProblemOf(failure);
        if (problem.Status >= 500 && failure is not HttpErrorException) r.Logger.HandlerFailed(r, r.Connection?.Id ?? 0, failure);
        DropPending(w, r);
        return FailureAnswer.WriteAsync(w, r, problem, _showsDetails && failure is not (HttpErrorException or RequestBodyException) && Access.Local(r) ? failure : null);
    }

    private ProblemDetails ProblemOf(Exception failure) =>
        failure is ProblemException problem ? problem.Problem
        : _map?.Invoke(failure) ?? failure switch
        {
            HttpErrorException error => new ProblemDetails(error.StatusCode, error.Message),
            RequestBodyException body => new ProblemDetails(body.StatusCode, Rejections.Of(body).Reason),
            _ => new ProblemDetails(500, Rejections.HandlerFailed.Reason),
        };

    /// <summary>What the handler left in the body's pipe would be sent before the answer.</summary>
    private static void DropPending(ResponseWriter w, Request r)
    {
        if (w.Response is not { HasPendingBody: true } response || !r.Root.TryEnterWrite()) return;
        response.CloseBody();
        r.Root.LeaveWrite();
    }
}
