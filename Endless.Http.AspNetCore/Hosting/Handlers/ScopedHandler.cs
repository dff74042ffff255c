namespace Endless.Http.AspNetCore.Hosting.Handlers;

/// <summary>A handler whose requests know the services of the host.</summary>
internal sealed class ScopedHandler(IHandler inner, IServiceProvider services) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        r.Keep(new ServicesOfRequest(r, services));
        return inner.ServeHttpAsync(w, r);
    }
}
