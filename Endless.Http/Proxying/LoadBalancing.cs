namespace Endless.Http;

/// <summary>How a <see cref="ReverseProxy"/> with several destinations chooses one for a request, of those that are not left out.</summary>
public enum LoadBalancing
{
    /// <summary>Each in turn.</summary>
    RoundRobin,

    /// <summary>The one with the fewest requests under way from here; of equals each in turn.</summary>
    LeastRequests,
}
