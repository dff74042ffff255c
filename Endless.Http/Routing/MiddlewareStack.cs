namespace Endless.Http.Routing;

/// <summary>Middleware around a handler, to which more can be added within what is there while requests pass. Each function is called once. Thread-safe.</summary>
/// <param name="handler">The handler behind all of it.</param>
internal sealed class MiddlewareStack(IHandler handler) : IHandler
{
    private readonly Lock _adding = new();
    private readonly Place _first = new(handler);
    private Place? _last;

    public Task ServeHttpAsync(ResponseWriter w, Request r) => _first.ServeHttpAsync(w, r);

    /// <summary>Puts a handler within middleware, the first of which is the outermost.</summary>
    public static IHandler Around(IHandler handler, ReadOnlySpan<MiddlewareFunc> middleware)
    {
        foreach (var one in middleware) ArgumentNullException.ThrowIfNull(one, nameof(middleware));
        for (var i = middleware.Length - 1; i >= 0; i--) handler = middleware[i](handler) ?? throw new InvalidOperationException("A middleware returned no handler: it must return one that answers, or the one that it was given.");
        return handler;
    }

    /// <summary>Adds middleware: all of it or, where one fails, none.</summary>
    public void Add(ReadOnlySpan<MiddlewareFunc> middleware)
    {
        lock (_adding)
        {
            var last = new Place(handler);
            var added = Around(last, middleware);
            (_last ?? _first).Next = added;
            _last = last;
        }
    }

    /// <summary>What stands at the end of some middleware: the handler, until more is put there.</summary>
    private sealed class Place(IHandler next) : IHandler
    {
        private volatile IHandler _next = next;

        public IHandler Next { set => _next = value; }

        public Task ServeHttpAsync(ResponseWriter w, Request r) => _next.ServeHttpAsync(w, r);
    }
}
