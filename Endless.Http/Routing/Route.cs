using Endless.Http.Routing;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// A handler's place in a mux: what a registration returns, <see cref="ServeMux.Routes"/> lists, and <see cref="RouterExtensions.GetRoute"/> gives to middleware and handlers. Documents, rate limits and the like
/// hang what they need on it. Thread-safe.
/// </summary>
public sealed class Route : IMatchedRoute
{
    private readonly Action? _changed;
    private object[] _metadata;

    internal Route(RoutePattern pattern, IHandler handler, string group = "", object[]? metadata = null, Action? changed = null)
    {
        Parsed = pattern;
        Handler = handler;
        Group = group;
        _metadata = metadata ?? [];
        _changed = changed;
    }

    /// <summary>The whole pattern, the group's prefix included: <c>GET /api/orders/{id}</c>. As in <see cref="Request.Pattern"/>.</summary>
    public string Pattern => Parsed.Text;

    /// <summary>The pattern's method; empty for any. GET stands for HEAD too.</summary>
    public string Method => Parsed.Method ?? "";

    /// <summary>The pattern's host; empty for any.</summary>
    public string Host => Parsed.Host;

    /// <summary>The pattern's path: <c>/api/orders/{id}</c>.</summary>
    public string Path => Parsed.Path;

    /// <summary>The prefix of the group that it was registered with, those around it included; empty if there is none.</summary>
    public string Group { get; }

    /// <summary>What the program calls it; empty if it was given no name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What was hung on it: its groups', the outermost's first, and then its own, in order.</summary>
    public IReadOnlyList<object> Metadata => Array.AsReadOnly(Volatile.Read(ref _metadata));

    /// <summary>The pattern, taken apart.</summary>
    internal RoutePattern Parsed { get; }

    /// <summary>The handler, with all that is around it.</summary>
    internal IHandler Handler { get; }

    /// <summary>It fits all the rest of a path.</summary>
    internal bool EndsWithRest => Parsed.EndsWithRest;

    /// <summary>The request goes along this route: it is told so, and what the wildcards fitted.</summary>
    internal void Take(Request r, in SegmentedPath path)
    {
        r.Matched = this;
        if (Parsed.HasNames) Parsed.SetPathValues(path, r);
    }

    /// <summary>Gives it a name: an OpenAPI document's <c>operationId</c>.</summary>
    /// <returns>This route.</returns>
    public Route WithName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        _changed?.Invoke();
        return this;
    }

    /// <summary>Hangs something on it, of a type by which whoever needs it finds it (<see cref="Get{T}"/>).</summary>
    /// <returns>This route.</returns>
    public Route With(object metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var seen = Volatile.Read(ref _metadata);
        while (Interlocked.CompareExchange(ref _metadata, [.. seen, metadata], seen) is var found && found != seen) seen = found;
        _changed?.Invoke();
        return this;
    }

    /// <summary>The last of its metadata that is a <typeparamref name="T"/>, so that its own hides its group's; null if there is none.</summary>
    public T? Get<T>() where T : class
    {
        var all = Volatile.Read(ref _metadata);
        for (var i = all.Length - 1; i >= 0; i--)
            if (all[i] is T found) return found;
        return null;
    }

    /// <summary>Its pattern.</summary>
    public override string ToString() => Pattern;
}
