using Endless.Http.Benchmarks.Loads;

namespace Endless.Http.Benchmarks;

/// <summary>Something that servers are asked to do.</summary>
/// <param name="Name">As the command line calls it.</param>
/// <param name="Title">As a table calls it.</param>
/// <param name="Path">What is asked for.</param>
/// <param name="Load">Who asks.</param>
internal sealed record Work(string Name, string Title, string Path, ILoad Load)
{
    public Protocol Protocol { get; init; } = Protocol.Http1;

    /// <summary>What servers are warmed up with; <see cref="Load"/> where it is null. With few requests a second a just-in-time compiler is not done in two seconds, and would be measured for a minute.</summary>
    public ILoad? WarmUp { get; init; }

    /// <summary>A responder that only knows one answer can do it too.</summary>
    public bool IsForResponder { get; init; }

    /// <summary>It is about what handlers are written with: files, JSON, sessions and the like.</summary>
    public bool IsForHandlers { get; init; }

    /// <summary>It is for an ASP.NET Core application, on Endless.Http and on Kestrel, that has this part (<see cref="Applications.ApplicationPart.All"/>); null where it is for servers.</summary>
    public string? Application { get; init; }

    /// <summary>The figure that counts; CPU time per request unless it says nothing about the work.</summary>
    public Figure Figure { get; init; } = Figure.CpuTime;

    /// <summary>
    /// Each round is for servers that were started for it and only saw plaintext before: how a server comes to terms with the work is what is measured, and a pool of threads
    /// that grew in one round would help in the next.
    /// </summary>
    public bool StartsAnew { get; init; }

    /// <summary>What our figure over Kestrel's is to be, at most (for <see cref="Figure.Rate"/> at least); null if nothing is asked.</summary>
    public double? Goal { get; init; }
}

/// <summary>What is compared.</summary>
internal enum Figure
{
    /// <summary>The server's CPU time per request: requests per second say little where the load shares the machine.</summary>
    CpuTime,

    /// <summary>Requests per second, for handlers that wait.</summary>
    Rate,

    /// <summary>The time that 99 of 100 requests stay under.</summary>
    P99,
}
