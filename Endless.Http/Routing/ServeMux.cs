using Endless.Http.Routing;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// Sends each request to the handler whose pattern fits it best. Mirrors Go's <c>http.ServeMux</c>.
/// </summary>
/// <remarks>
/// <para>
/// A pattern is <c>[METHOD ][HOST]/[PATH]</c>, as in Go 1.22. <c>/x</c> is that path only, <c>/x/</c> everything below it, <c>/</c> everything. <c>{name}</c> fits any one
/// segment, <c>{name...}</c> at the end all the rest, and <see cref="Request.PathValue"/> gives what they fitted; <c>/x/{$}</c> is <c>/x/</c> only.
/// </para>
/// <para>
/// The most specific pattern wins: that which fits fewer requests; a host wins over none. The order of registration plays no part. GET serves HEAD too. A path with empty
/// or dot segments (<c>..</c>, <c>%2e%2e</c>, <c>.%2E</c>) is redirected to the clean one, and <c>/x</c> to <c>/x/</c> where only that is registered, both with 307, which keeps method and body. A path
/// in which such dots are hidden beside an encoded slash (<c>..%2F</c>) is a 400: no path value is, or begins with, <c>..</c> and a slash. A path that fits with another method only is a 405 that says which;
/// CONNECT, which has no path, is a 501. A host is the same with and without one dot behind it. Thread-safe; may be changed while it serves.
/// </para>
/// </remarks>
public sealed class ServeMux : IHandler, IRouter
{
    private readonly RouteTable _table = new();
    private MiddlewareStack? _middleware;

    /// <summary>The mux of servers that were given no handler. Go's <c>DefaultServeMux</c>.</summary>
    public static ServeMux Default { get; } = new();

    /// <summary>What is registered, in order, for tools: documents, tests of a program's own, a page of links. The same list until a route, its name or its metadata changes.</summary>
    public IReadOnlyList<Route> Routes => _table.Routes;

    /// <inheritdoc/>
    public Route Handle(string pattern, IHandler handler)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(handler);
        return _table.Add(pattern, handler);
    }

    /// <summary>Registers a function for a pattern.</summary>
    /// <inheritdoc cref="Handle"/>
    public Route HandleFunc(string pattern, HandlerFunc handler) => Handle(pattern, Http.Handler.From(handler));

    /// <inheritdoc cref="HandleFunc(string, HandlerFunc)"/>
    public Route HandleFunc(string pattern, AsyncHandlerFunc handler) => Handle(pattern, Http.Handler.From(handler));

    /// <summary>
    /// Puts middleware around the whole mux: it sees every request, also those that are answered with 404, 405 or a redirect. The first is the outermost, and a later call puts its own within. Before or after
    /// handlers are registered, also while the mux serves. chi's and gin's <c>Use</c>.
    /// </summary>
    /// <remarks>Which route fits is decided behind it: <see cref="Request.Pattern"/> and <see cref="RouterExtensions.GetRoute"/> are empty on the way in, and known once the handler behind has returned, also where that was given a copy of the request.</remarks>
    /// <param name="middleware">In the order in which requests pass it.</param>
    public void Use(params ReadOnlySpan<MiddlewareFunc> middleware)
    {
        if (middleware.IsEmpty) return;
        var stack = Volatile.Read(ref _middleware);
        if (stack is null)
        {
            var made = new MiddlewareStack(new Dispatcher(this));
            stack = Interlocked.CompareExchange(ref _middleware, made, null) ?? made;
        }
        stack.Add(middleware);
    }

    /// <inheritdoc cref="IRouter.Group"/>
    public RouteGroup Group(string prefix, params ReadOnlySpan<MiddlewareFunc> middleware)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return new RouteGroup(_table, around: null, prefix, middleware);
    }

    IRouter IRouter.Group(string prefix, params ReadOnlySpan<MiddlewareFunc> middleware) => Group(prefix, middleware);

    /// <inheritdoc/>
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        return _middleware is { } middleware ? middleware.ServeHttpAsync(w, r) : DispatchAsync(w, r);
    }

    private Task DispatchAsync(ResponseWriter w, Request r)
    {
        // CONNECT names an authority, not a path (RFC 9112 section 3.2.3).
        var path = new SegmentedPath(r.RawPath);
        var clean = path.IsClean || r.Method == "CONNECT" ? path : new SegmentedPath(PathCleaning.Clean(r.RawPath));

        if (clean.HidesDots) return Answer(w, 400, "dot segments beside an encoded slash");

        var search = new RouteSearch(r.Method);
        var route = _table.Tree.Find(r.Host, clean, ref search);
        // /x is redirected to /x/ unless a route fits /x itself: only all the rest of a shorter one does.
        if (search.FitsWithSlash && route is not { EndsWithRest: false }) return Redirect(w, r, clean.Text + "/");
        if (route is not null)
        {
            if (clean.Text != path.Text) return Redirect(w, r, clean.Text);
            route.Take(r, clean);
            return route.Handler.ServeHttpAsync(w, r);
        }
        if (search.Allowed is not null)
        {
            w.Header.Set("Allow", string.Join(", ", search.Allowed));
            return Answer(w, 405, "Method Not Allowed");
        }
        // RFC 9110 section 9.1: no pattern can be for a CONNECT, whatever it asks for.
        return r.Method == "CONNECT" ? Answer(w, 501, "Not Implemented") : Answer(w, 404, "404 page not found");
    }

    private static Task Redirect(ResponseWriter w, Request r, string path)
    {
        w.Redirect(r, r.PathBase + path + (r.RawQuery.Length > 0 ? "?" + r.RawQuery : ""), 307);
        return Task.CompletedTask;
    }

    private static Task Answer(ResponseWriter w, int status, string text)
    {
        w.Error(text, status);
        return Task.CompletedTask;
    }

    /// <summary>The mux as middleware around it has it behind it.</summary>
    private sealed class Dispatcher(ServeMux mux) : IHandler
    {
        public Task ServeHttpAsync(ResponseWriter w, Request r) => mux.DispatchAsync(w, r);
    }
}
