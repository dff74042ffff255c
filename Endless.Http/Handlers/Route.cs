namespace Endless.Http.Handlers;

/// <summary>A handler and the pattern it is registered for.</summary>
internal sealed class Route(RoutePattern pattern, IHandler handler)
{
    public RoutePattern Pattern => pattern;

    /// <summary>The handler, called where it does not hold up others: what is learnt of one route says nothing of the rest.</summary>
    public IHandler Handler { get; } = new ScheduledHandler(handler, pattern.Text);
}
