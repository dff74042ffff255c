using Endless.Http.AspNetCore.Hosting.Handlers;

namespace Endless.Http.AspNetCore;

/// <summary>The services of the host, in a handler.</summary>
public static class EndlessRequestServices
{
    /// <summary>The services of this request, in a server that was added by <c>AddEndless</c>: a scope that the first call makes, and that is disposed of when the request is over. ASP.NET Core's <c>HttpContext.RequestServices</c>.</summary>
    /// <exception cref="InvalidOperationException">The server was not added by <c>AddEndless</c>, or the request is over.</exception>
    public static IServiceProvider GetRequestServices(this Request r)
    {
        ArgumentNullException.ThrowIfNull(r);
        return (r.Kept<ServicesOfRequest>() ?? throw new InvalidOperationException("This request has no services: they are there in a server that was added to the host by services.AddEndless.")).Services;
    }
}
