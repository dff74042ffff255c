namespace Endless.Http;

/// <summary>Lets in who gives valid credentials, and says who it is.</summary>
internal sealed class AuthenticationHandler(IHandler next, AuthenticationScheme scheme) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        if (scheme.CredentialsOf(r, out var isMalformed) is not { } credentials) return Refuse(w, isMalformed ? scheme.MalformedChallenge : null, scheme.Challenge);
        var checking = scheme.CheckAsync(credentials, out isMalformed);
        if (isMalformed) return Refuse(w, scheme.MalformedChallenge, scheme.Challenge);
        if (!checking.IsCompletedSuccessfully) return AwaitAsync(checking, w, r);
        return Go(checking.Result, w, r);
    }

    private async Task AwaitAsync(ValueTask<object?> checking, ResponseWriter w, Request r) => await Go(await checking.ConfigureAwait(false), w, r).ConfigureAwait(false);

    private Task Go(object? user, ResponseWriter w, Request r)
    {
        if (user is null) return Refuse(w, null, scheme.InvalidChallenge);
        r.Values["user"] = user;
        return next.ServeHttpAsync(w, r);
    }

    private static Task Refuse(ResponseWriter w, string? malformed, string challenge)
    {
        w.Header.Set("WWW-Authenticate", malformed ?? challenge);
        w.Error(malformed is null ? "Unauthorized" : "Bad Request", malformed is null ? 401 : 400);
        return Task.CompletedTask;
    }
}
