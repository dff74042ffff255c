namespace Endless.Http;

/// <summary>Names a request for the handlers behind, the client and the log.</summary>
internal sealed class RequestIdHandler(IHandler next, RequestIdSource source, string header, Func<Request, bool>? trust) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var id = trust is not null && r.Header[header] is { } sent && RequestIdSource.IsValid(sent) && trust(r) ? sent : source.Next();
        r.Values[RequestIds.Key] = id;
        r.Header.Set(header, id);
        w.Header.Set(header, id);
        var scope = r.Logger.BeginScope(new RequestScope(id));
        if (scope is null) return next.ServeHttpAsync(w, r);
        Task? serving = null;
        var isOver = true;
        try
        {
            serving = next.ServeHttpAsync(w, r);
            isOver = serving is null or { IsCompletedSuccessfully: true }; // one look: it may end on another thread at any moment
        }
        finally
        {
            if (isOver) scope.Dispose();
        }
        return isOver ? serving! : AwaitAsync(serving!, scope);
    }

    private static async Task AwaitAsync(Task serving, IDisposable scope)
    {
        using (scope) await serving.ConfigureAwait(false);
    }
}
