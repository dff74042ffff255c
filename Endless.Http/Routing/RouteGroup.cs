using Endless.Http.Routing;

namespace Endless.Http;

/// <summary>
/// Routes of a mux that begin alike, or have middleware in common: <c>mux.Group("/api", auth)</c>. What is registered here is a pattern of the mux with the prefix before its path: conflicts with other routes are found,
/// path values of the prefix are there, and <see cref="Request.Pattern"/> is the whole. chi's <c>Route</c>, gin's <c>Group</c>. Thread-safe.
/// </summary>
public sealed class RouteGroup : IRouter
{
    private readonly Lock _changing = new();
    private readonly RouteTable _table;
    private readonly RouteGroup? _around;
    private readonly RoutePrefix _prefix;
    private MiddlewareFunc[] _middleware;
    private object[] _metadata = [];

    internal RouteGroup(RouteTable table, RouteGroup? around, string prefix, ReadOnlySpan<MiddlewareFunc> middleware)
    {
        _table = table;
        _around = around;
        var own = RoutePrefix.Parse(prefix);
        _prefix = around is null ? own : around._prefix.Join(own);
        _middleware = Checked(middleware);
    }

    /// <summary>What stands before each path, those of the groups around it included; empty if nothing does.</summary>
    public string Prefix => _prefix.Text;

    /// <inheritdoc/>
    /// <remarks>An empty path, as in <c>Get("", ...)</c>, stands for the prefix itself; <c>/</c> for the prefix with a slash behind it, and all below.</remarks>
    public Route Handle(string pattern, IHandler handler)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(handler);
        var whole = _prefix.Join(pattern);
        object[] metadata = [];
        for (var group = this; group is not null; group = group._around)
        {
            handler = MiddlewareStack.Around(handler, Volatile.Read(ref group._middleware));
            metadata = [.. Volatile.Read(ref group._metadata), .. metadata];
        }
        return _table.Add(whole, handler, Prefix, metadata);
    }

    /// <summary>A group within this one: its prefix follows this one's, and its middleware is within this one's.</summary>
    /// <inheritdoc cref="IRouter.Group"/>
    public RouteGroup Group(string prefix, params ReadOnlySpan<MiddlewareFunc> middleware)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return new RouteGroup(_table, this, prefix, middleware);
    }

    /// <summary>
    /// Adds middleware to that of the group, within what is there. It is around the handlers that are registered from now on, here or in groups within this one: those that are there already stay without it.
    /// A middleware is called once for each handler that it is put around.
    /// </summary>
    /// <param name="middleware">In the order in which requests pass it.</param>
    public void Use(params ReadOnlySpan<MiddlewareFunc> middleware)
    {
        var added = Checked(middleware);
        lock (_changing) _middleware = [.. _middleware, .. added];
    }

    /// <summary>Hangs something on each route that is registered from now on, as <see cref="Route.With"/> does on one.</summary>
    /// <returns>This group.</returns>
    public RouteGroup With(object metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        lock (_changing) _metadata = [.. _metadata, metadata];
        return this;
    }

    IRouter IRouter.Group(string prefix, params ReadOnlySpan<MiddlewareFunc> middleware) => Group(prefix, middleware);

    private static MiddlewareFunc[] Checked(ReadOnlySpan<MiddlewareFunc> middleware)
    {
        foreach (var one in middleware) ArgumentNullException.ThrowIfNull(one, nameof(middleware));
        return middleware.ToArray();
    }
}
