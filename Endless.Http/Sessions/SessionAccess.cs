namespace Endless.Http.Sessions;

/// <summary>The session of one request: loaded when it is first asked for, saved before the head is fixed. One object a request; one that does not ask costs no more.</summary>
internal sealed class SessionAccess(SessionManager manager, ResponseWriter response, Request request)
{
    private Session? _session;
    private string? _cookie;

    public ValueTask<Session> GetAsync() => _session is { } session ? new(session) : LoadAsync();

    private async ValueTask<Session> LoadAsync()
    {
        var (session, cookie) = await manager.LoadAsync(request).ConfigureAwait(false);
        if (_session is not null) return _session;
        (_session, _cookie) = (session, cookie);
        if (response.HasStarted) session.IsSealed = true;
        else response.OnStarting(() => manager.SaveAsync(response, _session, _cookie));
        return session;
    }
}
