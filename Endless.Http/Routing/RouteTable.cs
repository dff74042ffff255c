using Endless.Http.Pipeline;

namespace Endless.Http.Routing;

/// <summary>The routes of a mux and of its groups: those who register change it one at a time, and requests read a tree that does not change. Thread-safe.</summary>
internal sealed class RouteTable
{
    private readonly Lock _changing = new();
    private readonly List<Route> _routes = [];
    private readonly RouteTree _registered = new([]);   // of the same routes, for registrations alone
    private RouteTree? _tree;
    private IReadOnlyList<Route>? _listed;

    /// <summary>What requests search. A change asks for a new one: the next request makes it, not each of a hundred registrations.</summary>
    public RouteTree Tree => Volatile.Read(ref _tree) ?? MakeTree();

    /// <inheritdoc cref="ServeMux.Routes"/>
    public IReadOnlyList<Route> Routes
    {
        get
        {
            lock (_changing) return _listed ??= Array.AsReadOnly(_routes.ToArray());
        }
    }

    /// <summary>Adds a route.</summary>
    /// <param name="pattern">The whole pattern.</param>
    /// <param name="handler">The handler, with its group's middleware around it.</param>
    /// <param name="group">The prefix of its group.</param>
    /// <param name="metadata">Its group's.</param>
    /// <inheritdoc cref="IRouter.Handle" path="/exception"/>
    public Route Add(string pattern, IHandler handler, string group = "", object[]? metadata = null)
    {
        var route = new Route(RoutePattern.Parse(pattern), new ScheduledHandler(handler, pattern), group, metadata, OnChanged);
        lock (_changing)
        {
            foreach (var other in _registered.Overlapping(route.Parsed))
                if (RouteConflict.Between(route.Parsed, other.Parsed) is { } conflict) throw new ArgumentException(conflict, nameof(pattern));
            _routes.Add(route);
            _registered.Add(route);
            _listed = null;
            Volatile.Write(ref _tree, null);
        }
        return route;
    }

    // What is known of a route has changed, not where it leads.
    private void OnChanged()
    {
        lock (_changing) _listed = null;
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
}
