namespace Endless.Http;

/// <summary>The middleware that comes with the server; each is a <see cref="MiddlewareFunc"/>, for <see cref="Chain"/>, a mux or a group of routes.</summary>
public static partial class Middleware
{
    /// <summary>Middleware that is several in one. The first is the outermost: it sees a request first, and its response last.</summary>
    public static MiddlewareFunc Chain(params ReadOnlySpan<MiddlewareFunc> middleware)
    {
        var all = middleware.ToArray();
        foreach (var one in all) ArgumentNullException.ThrowIfNull(one, nameof(middleware));
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            for (var i = all.Length - 1; i >= 0; i--) next = all[i](next) ?? throw new InvalidOperationException("A middleware returned no handler: it must return one that answers, or the one that it was given.");
            return next;
        };
    }
}
