namespace Endless.Http.Routing;

/// <summary>A handler and the pattern it is registered for.</summary>
internal sealed class Route(RoutePattern pattern, IHandler handler)
{
    public RoutePattern Pattern => pattern;

    public IHandler Handler => handler;
}
