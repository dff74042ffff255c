using Endless.Http.Budgets;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>
/// What clients may make the process hold, all connections of all its servers together; <see cref="EndlessProcess.Limits"/> has it. Each default is a part of the memory that the process may have
/// (its control group's in a container). May be changed at any time. Thread-safe. docs/limits.md says what a client meets.
/// </summary>
public sealed class ProcessLimits
{
    private readonly ProcessBudget _budget;

    internal ProcessLimits(ProcessBudget budget) => _budget = budget;

    /// <summary>
    /// Bytes of header sections: over HTTP/2 those of requests under way, over HTTP/1 those that have come in part. Beyond it a new request gets 503, over HTTP/2 REFUSED_STREAM. Default a sixteenth of the memory.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxHeaderBytes { get => _budget.Heads.Limit; set => _budget.Heads.Limit = Allowed.OneOrMore(value); }

    /// <summary>
    /// Bytes of request bodies over HTTP/2 that have come and were not read by their handlers. Beyond it no window is opened again for a connection that holds more than 64 KiB. Default an eighth of the memory.
    /// </summary>
    /// <inheritdoc cref="MaxHeaderBytes" path="/exception"/>
    public long MaxBodyBytes { get => _budget.Bodies.Limit; set => _budget.Bodies.Limit = Allowed.OneOrMore(value); }

    /// <summary>Bytes of responses that wait for clients that do not read: copies that the server holds, not what a handler still has in its hands. Default an eighth of the memory.</summary>
    /// <inheritdoc cref="MaxHeaderBytes" path="/exception"/>
    public long MaxUnsentBytes { get => _budget.Unsent.Limit; set => _budget.Unsent.Limit = Allowed.OneOrMore(value); }

    /// <summary>Streams of HTTP/2 that are open or whose handler runs. Beyond it a new one gets REFUSED_STREAM. Default one for each 64 KiB of the memory, 500 to 1,000,000.</summary>
    /// <inheritdoc cref="MaxHeaderBytes" path="/exception"/>
    public long MaxStreams { get => _budget.Streams.Limit; set => _budget.Streams.Limit = Allowed.OneOrMore(value); }

    /// <summary>TLS handshakes under way. Beyond it a connection waits for its turn, until its handshake has taken too long. Default one for each MiB of the memory, 32 to 10,000.</summary>
    /// <inheritdoc cref="MaxHeaderBytes" path="/exception"/>
    public long MaxHandshakes { get => _budget.Handshakes.Limit; set => _budget.Handshakes.Limit = Allowed.OneOrMore(value); }
}
