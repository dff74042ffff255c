using Endless.Http.Budgets;
using Endless.Http.Channels;
using Endless.Http.Metrics;
using Endless.Http.Status;

namespace Endless.Http.Generations;

/// <summary>What a generation has counted and measured, and what it was told by those before it: for metrics, the status page and the next generation. Thread-safe.</summary>
internal sealed class GenerationFigures
{
    private readonly GenerationContext _context;
    private readonly PreviousGeneration _previous;
    private readonly GenerationSuccession _succession;

    internal GenerationFigures(GenerationContext context, PreviousGeneration previous, GenerationSuccession succession)
    {
        (_context, _previous, _succession) = (context, previous, succession);
        History = new GenerationHistory(context, previous);
        context.Observe(History);
    }

    /// <summary>The generations up to this one, and their restarts.</summary>
    internal GenerationHistory History { get; }

    /// <summary>What is known of its requests, once somebody wants to know.</summary>
    internal RequestMetrics Requests { get; } = new();

    /// <inheritdoc cref="GenerationContext.Budget"/>
    internal ProcessBudget Budget => _context.Budget;

    /// <summary>How long connections were open that have ended here.</summary>
    internal DurationMetric ConnectionDurations { get; } = new("endless.connection.duration", "Duration of connections that were closed.", DurationBounds.Connections);

    /// <summary>How long TLS handshakes took.</summary>
    internal DurationMetric TlsHandshakes { get; } = new("endless.tls.handshake.duration", "Duration of TLS handshakes.", DurationBounds.Requests);

    /// <summary>Whether somebody may listen to meters and activities.</summary>
    internal DiagnosticsLibrary DiagnosticsLibrary { get; } = new();

    /// <summary>Where its metrics are published as instruments too; null in tests.</summary>
    internal IDisposable? Meter { get; set; }

    /// <summary>What its servers tell of themselves, each with its address.</summary>
    internal IReadOnlyList<MemberStatus> Servers => Array.ConvertAll(_context.Members.All, member => member.Status);

    /// <summary>What its servers have counted, those that have ended too.</summary>
    internal ServerCounters Counters => _context.Members.Counters;

    /// <summary>How many connections of its servers are in which state.</summary>
    internal IReadOnlyDictionary<ConnectionState, int> ConnectionStates => _context.Members.ConnectionStates;

    /// <summary>Open connections of its servers.</summary>
    internal int Connections => _context.Members.Connections;

    /// <summary>Connections that generations before this one still have.</summary>
    internal int DrainingConnections => _previous.Connections;

    /// <inheritdoc cref="PreviousGeneration.Counters"/>
    internal ReadOnlyMemory<byte> CountersFromPrevious => _previous.Counters;

    /// <summary>Completes when <see cref="CountersFromPrevious"/> has arrived, or nothing will.</summary>
    internal Task CountersArrived => _previous.CountersArrived;

    /// <summary>Makes the counters for the next generation, those of all before included; null leaves none. Set before the first restart.</summary>
    internal Func<byte[]>? CountersToNext { get; set; }

    /// <inheritdoc cref="GenerationSuccession.Restarts"/>
    internal int Restarts => _succession.Restarts;

    /// <inheritdoc cref="GenerationSuccession.Failures"/>
    internal int Failures => _succession.Failures;

    /// <summary><see cref="Restarts"/>, without the one that started this process as long as the predecessor may take it back.</summary>
    internal int TrustedRestarts => Restarts - (_context.Continues && !_context.IsInCharge && Restarts > 0 ? 1 : 0);

    /// <summary>Tells the next generation, if there is one that accepts, what the counters stand at now. Any thread.</summary>
    internal void SendCounters() => _succession.HandOver?.SayLatest(() => new CountersMessage(Connections + DrainingConnections, CountersToNext?.Invoke() ?? []));
}
