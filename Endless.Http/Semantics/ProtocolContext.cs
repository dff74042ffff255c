using Endless.Http.Budgets;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Semantics;

/// <summary>
/// What a protocol engine needs to know of its server: a snapshot taken when the server starts, so that no engine reads settings
/// while somebody changes them. Immutable but for what its members say of themselves; shared by all connections of a server.
/// </summary>
internal sealed class ProtocolContext
{
    /// <summary>Called for each request.</summary>
    public required IHandler Handler { get; init; }

    /// <summary>On which threads it is called.</summary>
    public SchedulingMode Scheduling { get; init; }

    /// <summary>Where failures of the application go. What a client sends is logged at debug level at most.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Sizes beyond which a request is refused.</summary>
    public ProtocolLimits Limits { get; init; } = new();

    /// <summary>What clients may make the process hold.</summary>
    public ProcessBudget Budget { get; init; } = new();

    /// <summary>Times after which a connection is given up.</summary>
    public ProtocolTimeouts Timeouts { get; init; } = new();

    /// <summary>The Date field of responses, made once a second.</summary>
    public DateHeader Date { get; } = new();

    /// <summary>Whether a client may speak HTTP/2 without TLS.</summary>
    public bool UnencryptedHttp2 { get; init; } = true;

    /// <summary>Whether it may ask for that by an upgrade.</summary>
    public bool UnencryptedHttp2Upgrade { get; init; }

    /// <summary>Fires when the server stops accepting, for a restart or for good.</summary>
    public CancellationToken Draining { get; init; }

    /// <summary>Whether <c>OPTIONS *</c> is answered in the handler's place, as Go does; an ASP.NET Core application answers it itself.</summary>
    public bool AnswersAsterisk { get; init; } = true;

    /// <summary>What the end of the server waits for; null where nobody waits (a test).</summary>
    public IDrainWait? DrainWait { get; init; }

    /// <summary>The generation of this process, 1 for one that was not started by a restart.</summary>
    public int Generation { get; init; } = 1;
}
