using Endless.Http.Pipeline;
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
public sealed class ServeMux : IHandler
{
    private readonly Lock _changing = new();
    private readonly List<Route> _routes = [];
    private readonly RouteTree _registered = new([]);   // of the same routes, for registrations alone
    private RouteTree? _tree;

    /// <summary>The mux of servers that were given no handler. Go's <c>DefaultServeMux</c>.</summary>
    public static ServeMux Default { get; } = new();

    /// <summary>Registers a handler for a pattern.</summary>
    /// <exception cref="ArgumentException">
    /// The pattern is malformed, could never match what it seems to mean (<c>/items/:id</c>, <c>get /x</c>, <c>GET/x</c>, <c>/a?b=1</c>), or fits some requests of another that is registered and neither is more specific; the message says what was meant, or names them.
    /// </exception>
    public void Handle(string pattern, IHandler handler)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(handler);
        var route = new Route(RoutePattern.Parse(pattern), new ScheduledHandler(handler, pattern));
        lock (_changing)
        {
            foreach (var other in _registered.Overlapping(route.Pattern))
                if (RouteConflict.Between(route.Pattern, other.Pattern) is { } conflict) throw new ArgumentException(conflict, nameof(pattern));
            _routes.Add(route);
            _registered.Add(route);
            // Requests read the tree without a lock, so a change asks for a new one: the next request makes it, not each of a hundred registrations.
            Volatile.Write(ref _tree, null);
        }
    }

    /// <summary>Registers a function for a pattern.</summary>
    /// <inheritdoc cref="Handle" path="/exception"/>
    public void HandleFunc(string pattern, HandlerFunc handler) => Handle(pattern, Http.Handler.From(handler));

    /// <inheritdoc cref="HandleFunc(string, HandlerFunc)"/>
    public void HandleFunc(string pattern, AsyncHandlerFunc handler) => Handle(pattern, Http.Handler.From(handler));

    /// <inheritdoc/>
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        // CONNECT names an authority, not a path (RFC 9112 section 3.2.3).
        var path = new SegmentedPath(r.RawPath);
        var clean = path.IsClean || r.Method == "CONNECT" ? path : new SegmentedPath(PathCleaning.Clean(r.RawPath));

        if (clean.HidesDots) return Answer(w, 400, "dot segments beside an encoded slash\n");

        var search = new RouteSearch(r.Method);
        var route = (Volatile.Read(ref _tree) ?? MakeTree()).Find(r.Host, clean, ref search);
        // /x is redirected to /x/ unless a route fits /x itself: only all the rest of a shorter one does.
        if (search.FitsWithSlash && route is not { Pattern.EndsWithRest: false }) return Redirect(w, r, clean.Text + "/");
        if (route is not null)
        {
            if (clean.Text != path.Text) return Redirect(w, r, clean.Text);
            r.Pattern = route.Pattern.Text;
            if (route.Pattern.HasNames) route.Pattern.SetPathValues(clean, r);
            return route.Handler.ServeHttpAsync(w, r);
        }
        if (search.Allowed is not null) return MethodNotAllowed(w, search.Allowed);
        // RFC 9110 section 9.1: no pattern can be for a CONNECT, whatever it asks for.
        return r.Method == "CONNECT" ? Answer(w, 501, "Not Implemented\n") : Answer(w, 404, "404 page not found\n");
    }

    private RouteTree MakeTree()
    {
        lock (_changing)
        {
            if (_tree is { } made) return made;
            var tree = new RouteTree(_routes);
            Volatile.Write(ref _tree, tree);
            return tree;
        }
    }

    private static Task Redirect(ResponseWriter w, Request r, string path)
    {
        path = LocationField.EncodePath(path);
        w.Header.Set("Location", r.RawQuery.Length > 0 ? path + "?" + r.RawQuery : path);
        w.WriteHeader(307);
        return Task.CompletedTask;
    }

    private static Task MethodNotAllowed(ResponseWriter w, SortedSet<string> allowed)
    {
        w.Header.Set("Allow", string.Join(", ", allowed));
        return Answer(w, 405, "Method Not Allowed\n");
    }

    private static Task Answer(ResponseWriter w, int status, string text)
    {
        w.Header.Set("Content-Type", "text/plain; charset=utf-8");
        w.Header.Set("X-Content-Type-Options", "nosniff");
        w.WriteHeader(status);
        w.Write(text);
        return Task.CompletedTask;
    }
}
