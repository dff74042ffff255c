using Endless.Http.Routing;

namespace Endless.Http;

/// <summary>Registrations by method: <c>mux.Get("/orders/{id}", ...)</c> is <c>mux.HandleFunc("GET /orders/{id}", ...)</c>. For muxes and groups.</summary>
public static class RouterExtensions
{
    /// <summary>Registers a function for a pattern.</summary>
    /// <inheritdoc cref="IRouter.Handle"/>
    public static Route HandleFunc(this IRouter router, string pattern, HandlerFunc handler) => Checked(router).Handle(pattern, Handler.From(handler));

    /// <inheritdoc cref="HandleFunc(IRouter, string, HandlerFunc)"/>
    public static Route HandleFunc(this IRouter router, string pattern, AsyncHandlerFunc handler) => Checked(router).Handle(pattern, Handler.From(handler));

    /// <summary>Registers a function for GET, and HEAD.</summary>
    /// <param name="router">A mux or a group.</param>
    /// <param name="pattern"><c>[HOST]/[PATH]</c>: a pattern without a method. In a group, empty for the prefix itself.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>The route, on which a name and other metadata can be hung.</returns>
    /// <exception cref="ArgumentException">As for <see cref="IRouter.Handle"/>; or the pattern has a method.</exception>
    public static Route Get(this IRouter router, string pattern, HandlerFunc handler) => Add(router, "GET", pattern, Handler.From(handler));

    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Get(this IRouter router, string pattern, AsyncHandlerFunc handler) => Add(router, "GET", pattern, Handler.From(handler));

    /// <summary>Registers a handler for GET, and HEAD.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Get(this IRouter router, string pattern, IHandler handler) => Add(router, "GET", pattern, handler);

    /// <summary>Registers a function for POST.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Post(this IRouter router, string pattern, HandlerFunc handler) => Add(router, "POST", pattern, Handler.From(handler));

    /// <inheritdoc cref="Post(IRouter, string, HandlerFunc)"/>
    public static Route Post(this IRouter router, string pattern, AsyncHandlerFunc handler) => Add(router, "POST", pattern, Handler.From(handler));

    /// <summary>Registers a handler for POST.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Post(this IRouter router, string pattern, IHandler handler) => Add(router, "POST", pattern, handler);

    /// <summary>Registers a function for PUT.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Put(this IRouter router, string pattern, HandlerFunc handler) => Add(router, "PUT", pattern, Handler.From(handler));

    /// <inheritdoc cref="Put(IRouter, string, HandlerFunc)"/>
    public static Route Put(this IRouter router, string pattern, AsyncHandlerFunc handler) => Add(router, "PUT", pattern, Handler.From(handler));

    /// <summary>Registers a handler for PUT.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Put(this IRouter router, string pattern, IHandler handler) => Add(router, "PUT", pattern, handler);

    /// <summary>Registers a function for PATCH.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Patch(this IRouter router, string pattern, HandlerFunc handler) => Add(router, "PATCH", pattern, Handler.From(handler));

    /// <inheritdoc cref="Patch(IRouter, string, HandlerFunc)"/>
    public static Route Patch(this IRouter router, string pattern, AsyncHandlerFunc handler) => Add(router, "PATCH", pattern, Handler.From(handler));

    /// <summary>Registers a handler for PATCH.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Patch(this IRouter router, string pattern, IHandler handler) => Add(router, "PATCH", pattern, handler);

    /// <summary>Registers a function for DELETE.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Delete(this IRouter router, string pattern, HandlerFunc handler) => Add(router, "DELETE", pattern, Handler.From(handler));

    /// <inheritdoc cref="Delete(IRouter, string, HandlerFunc)"/>
    public static Route Delete(this IRouter router, string pattern, AsyncHandlerFunc handler) => Add(router, "DELETE", pattern, Handler.From(handler));

    /// <summary>Registers a handler for DELETE.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Delete(this IRouter router, string pattern, IHandler handler) => Add(router, "DELETE", pattern, handler);

    /// <summary>Registers a function for HEAD, in place of a GET route.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Head(this IRouter router, string pattern, HandlerFunc handler) => Add(router, "HEAD", pattern, Handler.From(handler));

    /// <inheritdoc cref="Head(IRouter, string, HandlerFunc)"/>
    public static Route Head(this IRouter router, string pattern, AsyncHandlerFunc handler) => Add(router, "HEAD", pattern, Handler.From(handler));

    /// <summary>Registers a handler for HEAD, in place of a GET route.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Head(this IRouter router, string pattern, IHandler handler) => Add(router, "HEAD", pattern, handler);

    /// <summary>Registers a function for OPTIONS.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Options(this IRouter router, string pattern, HandlerFunc handler) => Add(router, "OPTIONS", pattern, Handler.From(handler));

    /// <inheritdoc cref="Options(IRouter, string, HandlerFunc)"/>
    public static Route Options(this IRouter router, string pattern, AsyncHandlerFunc handler) => Add(router, "OPTIONS", pattern, Handler.From(handler));

    /// <summary>Registers a handler for OPTIONS.</summary>
    /// <inheritdoc cref="Get(IRouter, string, HandlerFunc)"/>
    public static Route Options(this IRouter router, string pattern, IHandler handler) => Add(router, "OPTIONS", pattern, handler);

    /// <summary>
    /// Has a handler answer everything below a prefix, which is taken off the path for it: behind <c>mux.Mount("/admin", other)</c> the other mux sees <c>/users</c> of <c>/admin/users</c>. <c>/admin</c> itself is
    /// redirected to <c>/admin/</c>. chi's <c>Mount</c>.
    /// </summary>
    /// <param name="router">A mux or a group.</param>
    /// <param name="prefix">As for <see cref="IRouter.Group"/>.</param>
    /// <param name="handler">A mux of its own, or any other handler.</param>
    /// <remarks>
    /// <see cref="Request.PathBase"/> has what was taken off. The redirects of a mux that is mounted begin with it, and so lead to where the client meant, unlike in Go behind <c>http.StripPrefix</c>. Its routes are not
    /// among <see cref="ServeMux.Routes"/> of the mux around it, and <see cref="Request.Pattern"/> is the inner mux's.
    /// </remarks>
    /// <returns>The route of everything below the prefix.</returns>
    /// <exception cref="ArgumentException">The prefix is none, or its pattern conflicts with another.</exception>
    public static Route Mount(this IRouter router, string prefix, IHandler handler)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(handler);
        var parsed = RoutePrefix.Parse(prefix);
        return Checked(router).Handle($"{parsed.Host}{parsed.Path}/", new MountHandler(handler));
    }

    /// <summary>The route that the request was sent along; null before a mux has seen it, and where none fits. Of several muxes, one within the other, the innermost's.</summary>
    public static Route? GetRoute(this Request r)
    {
        ArgumentNullException.ThrowIfNull(r);
        return r.Matched as Route;
    }

    private static Route Add(IRouter router, string method, string pattern, IHandler handler)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var end = pattern.IndexOf('/', StringComparison.Ordinal);
        var space = pattern.AsSpan(0, end < 0 ? pattern.Length : end).IndexOfAny(' ', '\t');
        if (space >= 0) throw new ArgumentException($"The pattern \"{pattern}\" has a method, and this is {method}'s own registration: write {pattern.AsSpan(space).Trim(" \t")}, or give the whole to Handle or HandleFunc.", nameof(pattern));
        return Checked(router).Handle($"{method} {pattern}", handler);
    }

    private static IRouter Checked(IRouter router)
    {
        ArgumentNullException.ThrowIfNull(router);
        return router;
    }
}
