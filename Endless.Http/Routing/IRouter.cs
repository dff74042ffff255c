namespace Endless.Http;

/// <summary>Where routes are registered: a <see cref="ServeMux"/>, or a <see cref="RouteGroup"/> of one. For functions that register a part of a program: <c>static void MapOrders(this IRouter router)</c>.</summary>
public interface IRouter
{
    /// <summary>Registers a handler for a pattern.</summary>
    /// <param name="pattern"><c>[METHOD ][HOST]/[PATH]</c> (<see cref="ServeMux"/>). A group's prefix is put before the path.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>The route, on which a name and other metadata can be hung.</returns>
    /// <exception cref="ArgumentException">
    /// The pattern is malformed, could never match what it seems to mean (<c>/items/:id</c>, <c>get /x</c>, <c>GET/x</c>, <c>/a?b=1</c>), or fits some requests of another that is registered and neither is more specific; the message says what was meant, or names them.
    /// </exception>
    Route Handle(string pattern, IHandler handler);

    /// <summary>A group of routes with a prefix before the path of each, and middleware around each of their handlers.</summary>
    /// <param name="prefix"><c>[HOST]/PATH</c> without a slash at its end, with wildcards or without: <c>/api</c>, <c>/users/{id}</c>, <c>api.example/v1</c>; <c>api.example/</c> for a host alone, and empty for middleware alone.</param>
    /// <param name="middleware">In the order in which requests pass it.</param>
    /// <exception cref="ArgumentException">The prefix is none; the message says what was meant.</exception>
    IRouter Group(string prefix, params ReadOnlySpan<MiddlewareFunc> middleware);

    /// <summary>Puts middleware around more handlers: <see cref="ServeMux.Use"/> says which for a mux, <see cref="RouteGroup.Use"/> for a group.</summary>
    /// <param name="middleware">In the order in which requests pass it.</param>
    void Use(params ReadOnlySpan<MiddlewareFunc> middleware);
}
