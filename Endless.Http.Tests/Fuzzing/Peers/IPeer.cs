using System.Net;

namespace Endless.Http.Tests.Fuzzing.Peers;

/// <summary>Another server that answers with what it read (<see cref="FramingHandlers"/>).</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>As it is called in a class of disagreement.</summary>
    string Name { get; }

    IPEndPoint EndPoint { get; }

    /// <summary>Why it refused, without what the client sent.</summary>
    string ReasonOf(Exchange refused);

    /// <summary>Why the two disagree, by class of disagreement; null if nobody has explained it yet: that is a finding.</summary>
    string? VerdictOf(string kind);
}
