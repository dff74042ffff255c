using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>Answers preflights, and says who may read the other responses.</summary>
internal sealed class CorsHandler(IHandler next, CorsPolicy policy) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var origins = r.Header.Values("Origin");
        var origin = origins.Count == 1 && policy.Allows(origins[0]) ? origins[0] : null;
        if (r.Method == "OPTIONS" && origins.Count > 0 && r.Header["Access-Control-Request-Method"] is { } method)
        {
            Preflight(w, r, origin, method);
            return Task.CompletedTask;
        }
        // Cache poisoning: a cache would give one origin's leave, or the lack of it, to the next. Said where there is no Origin too.
        if (!policy.AllowsAll) w.OnStarting(() => VaryField.Add(w.Header, "Origin"));
        if (origin is not null)
        {
            Allow(w.Header, origin);
            if (policy.Exposed is { } exposed) w.Header.Set("Access-Control-Expose-Headers", exposed);
        }
        return next.ServeHttpAsync(w, r);
    }

    private void Preflight(ResponseWriter w, Request r, string? origin, string method)
    {
        w.Header.Add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" + (policy.PrivateNetwork ? ", Access-Control-Request-Private-Network" : ""));
        w.StatusCode = 204;
        if (origin is null || !policy.AllowsMethod(method) || !policy.AllowsHeaders(r.Header.Values("Access-Control-Request-Headers"))) return;
        Allow(w.Header, origin);
        // What is allowed, never what was asked for.
        if (policy.Methods.Length > 0) w.Header.Set("Access-Control-Allow-Methods", policy.Methods);
        if (policy.Headers is { } headers) w.Header.Set("Access-Control-Allow-Headers", headers);
        w.Header.Set("Access-Control-Max-Age", policy.MaxAge);
        if (policy.PrivateNetwork && r.Header["Access-Control-Request-Private-Network"] == "true") w.Header.Set("Access-Control-Allow-Private-Network", "true");
    }

    private void Allow(Header header, string origin)
    {
        header.Set("Access-Control-Allow-Origin", policy.AllowsAll ? "*" : origin);
        if (policy.Credentials) header.Set("Access-Control-Allow-Credentials", "true");
    }
}
