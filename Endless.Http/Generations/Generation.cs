using Endless.Http.Channels;
using Endless.Http.Loops;
using Endless.Http.Spawning;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>
/// This process as one in a row of generations: what it inherited, the servers in it, and what signals do to them. There is one in a
/// process, <see cref="Current"/>; tests make more, with a host of their own. Thread-safe.
/// </summary>
internal sealed class Generation
{
    private static readonly Lazy<Generation> Process = new(() => new Generation(new LinuxProcessHost(), isProcess: true));

    private readonly GenerationContext _context;
    private readonly GenerationSignals _signals;
    private readonly GenerationServers _servers;

    /// <param name="host">The process.</param>
    /// <param name="settleTime">See <see cref="StartGate.DefaultSettleTime"/>, which it is if null.</param>
    /// <param name="isProcess">It is the process's one generation, and not one of a test.</param>
    internal Generation(IProcessHost host, TimeSpan? settleTime = null, bool isProcess = false)
    {
        _context = new GenerationContext(host);
        Sockets = new GenerationSockets(_context);
        Previous = new PreviousGeneration(_context);
        Succession = new GenerationSuccession(_context);
        Figures = new GenerationFigures(_context, Previous, Succession);
        _signals = new GenerationSignals(_context, isProcess);
        _servers = new GenerationServers(_context, Sockets, _signals, Succession, Figures, settleTime);
        // Each action to the servers first: what they are to do goes before what the next generation is told.
        _servers.AddActors();
        Succession.AddActors();
    }

    /// <summary>This process's generation. Its inheritance is taken out of the environment by the first use.</summary>
    internal static Generation Current => Process.Value;

    /// <summary>The process.</summary>
    internal IProcessHost Host => _context.Host;

    /// <summary>Which generation this is, and the counters it started with.</summary>
    internal GenerationInfo Info => _context.Info;

    /// <summary>The listening sockets that were passed to it, and its own.</summary>
    internal GenerationSockets Sockets { get; }

    /// <summary>What the generation before has said.</summary>
    internal PreviousGeneration Previous { get; }

    /// <summary>Its restarts, and the generation after it.</summary>
    internal GenerationSuccession Succession { get; }

    /// <summary>What it has counted and measured.</summary>
    internal GenerationFigures Figures { get; }

    /// <inheritdoc cref="GenerationContext.Logger"/>
    internal ILogger Logger => _context.Logger;

    /// <inheritdoc cref="GenerationLogger.Of"/>
    internal ILogger LoggerOf(ILogger? own) => _context.LoggerOf(own);

    /// <inheritdoc cref="GenerationContext.Loops"/>
    internal EventLoopGroup Loops => _context.Loops.Value;

    /// <summary>This process continues another.</summary>
    internal bool Continues => _context.Continues;

    /// <summary>It has heard its predecessor, and gets what the predecessor has. The variables that say <see cref="Continues"/> may be set by anybody.</summary>
    internal bool HasPredecessor => _context.HasPredecessor;

    /// <summary>Its process; 0 if there is none.</summary>
    internal int PredecessorProcessId => _context.PredecessorProcessId;

    /// <summary>No generation before this one can accept again: the service, and what belongs to it, is its own or its successor's.</summary>
    internal bool IsInCharge => _context.IsInCharge;

    /// <inheritdoc cref="GenerationServers.AreStopping"/>
    internal bool IsStopping => _servers.AreStopping;

    /// <summary>A service manager is told of the generations. Set before the first server listens.</summary>
    internal bool IsManaged
    {
        set => _context.IsManaged = value;
    }

    /// <summary>Where the pid of the newest generation is kept; null for nowhere. Set before the first server starts.</summary>
    internal string? PidFile { get; set; }

    /// <summary>Puts this process's pid into a file; null where nobody keeps one. Set before the first server listens.</summary>
    internal Action<string>? AcquirePidFile { get; set; }

    /// <inheritdoc cref="StateQuestion.StateToNext"/>
    internal Func<ReadOnlyMemory<byte>>? StateToNext
    {
        get => Succession.StateToNext;
        set => Succession.StateToNext = value;
    }

    /// <inheritdoc cref="GenerationSuccession.Restarts"/>
    internal int Restarts => Succession.Restarts;

    /// <inheritdoc cref="GenerationSuccession.Failures"/>
    internal int Failures => Succession.Failures;

    /// <inheritdoc cref="GenerationContext.Observe"/>
    internal void Observe(IGenerationObserver? observer) => _context.Observe(observer);

    /// <inheritdoc cref="GenerationServers.Join"/>
    internal void Join(IGenerationMember server) => _servers.Join(server);

    /// <inheritdoc cref="GenerationMembers.CountOf"/>
    internal int CountOf(string address) => _servers.CountOf(address);

    /// <summary>Completes when the rehearsal of a restart that is under way is over; at once where there is none.</summary>
    internal Task Rehearsed => Succession.Rehearsed;

    /// <summary>A server is about to listen: from now on signals are handled, and the generation before is heard. Undone by <see cref="LeaveAsync"/>.</summary>
    internal void Starting()
    {
        if (!_servers.Starting()) return;
        if (Continues) Succession.Rehearse();
        Previous.Introduce();
        Sockets.LogComplaints();
        Previous.Listen();
    }

    /// <inheritdoc cref="GenerationServers.ArriveAsync"/>
    internal Task ArriveAsync(IGenerationMember server) => _servers.ArriveAsync(server);

    /// <inheritdoc cref="GenerationServers.Accepting"/>
    internal void Accepting(IGenerationMember server) => _servers.Accepting(server);

    /// <inheritdoc cref="GenerationServers.Hold"/>
    internal void Hold() => _servers.Hold();

    /// <inheritdoc cref="GenerationServers.Release"/>
    internal void Release() => _servers.Release();

    /// <inheritdoc cref="GenerationServers.Stopping"/>
    internal void Stopping() => _servers.Stopping();

    /// <inheritdoc cref="GenerationServers.StartFailed"/>
    internal void StartFailed(Exception reason) => _servers.StartFailed(reason);

    /// <inheritdoc cref="GenerationServers.FailStart"/>
    internal void FailStart(string reason) => _servers.FailStart(reason);

    /// <inheritdoc cref="GenerationServers.FailStart"/>
    internal void FailStart(Exception reason) => _servers.FailStart(ReasonOf(reason));

    /// <summary>An exception that ended a start, in words.</summary>
    internal static string ReasonOf(Exception exception) => exception is AggregateException { InnerExceptions: [var only] } ? ReasonOf(only) : $"{exception.GetType().FullName}: {exception.Message}";

    /// <inheritdoc cref="GenerationSignals.LeaveStops"/>
    internal void LeaveStopsToHost() => _signals.LeaveStops();

    /// <inheritdoc cref="GenerationSignals.Stop"/>
    internal void StopAsSignal() => _signals.Stop();

    /// <inheritdoc cref="GenerationServers.LeaveAsync"/>
    internal Task LeaveAsync(IGenerationMember server, bool started) => _servers.LeaveAsync(server, started);

    /// <inheritdoc cref="GenerationSignals.RestartAsync"/>
    internal Task<RestartResult> RestartAsSignalAsync() => _signals.RestartAsync();

    /// <inheritdoc cref="GenerationSuccession.RestartAsync"/>
    internal Task<RestartResult> RestartAsync() => _servers.AreStarted || Succession.IsUnderWay
        ? Succession.RestartAsync()
        : Task.FromResult(RestartResult.Refused("no server of this process is serving"));
}
