namespace Endless.Http.Routing;

/// <summary>What is looked for in a <see cref="RouteTree"/>, and what was noticed on the way to a route or to none.</summary>
internal struct RouteSearch(string method)
{
    /// <summary>Methods of the routes that would fit but for their method; null if there are none.</summary>
    public SortedSet<string>? Allowed { get; private set; }

    /// <summary>With a slash behind it the path would fit a route to its end.</summary>
    public bool FitsWithSlash { get; set; }

    /// <summary>The route for the method among those of one path: its own, for HEAD that of GET, or one for any method.</summary>
    public Route? Among(Route[] routes)
    {
        if (routes.Length == 0) return null;
        Route? any = null;
        Route? get = null;
        foreach (var route in routes)
        {
            if (route.Parsed.Method == method) return route;
            if (route.Parsed.Method is null) any = route;
            else if (route.Parsed.Method == "GET" && method == "HEAD") get = route;
        }
        if ((get ?? any) is { } found) return found;
        Allowed ??= new SortedSet<string>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            Allowed.Add(route.Parsed.Method!);
            if (route.Parsed.Method == "GET") Allowed.Add("HEAD");
        }
        return null;
    }
}
