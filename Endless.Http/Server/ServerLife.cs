using Endless.Http.Draining;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Loops;
using Endless.Http.Semantics;
using Endless.Http.Settings;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Server;

/// <summary>A server from its start to its end: Init, Running, ShuttingDown, Terminated.</summary>
/// <remarks>
/// Thread-safe. <see cref="_lock"/> guards the state and each step from one to the next. Lock order: an endpoint's lock after it, and no other. Of <see cref="ServeAsync"/> there is one call.
/// </remarks>
internal sealed class ServerLife
{
    /// <summary>How often a server that has ended looks whether connections are still open on loops of its own.</summary>
    private static readonly TimeSpan OpenConnectionsPeriod = TimeSpan.FromSeconds(1);

    private readonly EndlessServer _server;
    private readonly Generation _generation;
    private readonly TaskCompletionSource _accepting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _draining = new();
    private readonly Lock _lock = new();
    private readonly IGenerationMember _member;
    private readonly List<ServerEndpoint> _endpoints = [];
    private ServerState _state;
    private ProtocolContext? _context;
    private ServedConnections? _served;
    private ServerTls? _tls;
    private EventLoopGroup? _ownLoops;
    private Drain? _drain;
    private bool _hasSuccessor;
    private bool _stopRequested;
    private Exception? _failure; // after it accepted

    internal ServerLife(EndlessServer server, Generation generation)
    {
        _server = server;
        _generation = generation;
        _member = new ServerMember(server, this);
        AddEndpoint(server.Addr);
        generation.Join(_member);
    }

    /// <summary>Its part in the generation.</summary>
    internal IGenerationMember Member => _member;

    /// <summary>Its connections, on all addresses.</summary>
    internal ConnectionTable Connections { get; } = new();

    /// <summary>One for each address, the first one's first.</summary>
    internal IReadOnlyList<ServerEndpoint> Endpoints
    {
        get
        {
            lock (_lock)
                return [.. _endpoints];
        }
    }

    internal ServerState State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <summary>It was told to stop for good; it may still be accepting.</summary>
    internal bool IsStopping
    {
        get
        {
            lock (_lock)
                return _stopRequested || (_state is ServerState.ShuttingDown or ServerState.Terminated && !_hasSuccessor);
        }
    }

    /// <summary>Neither started nor closed.</summary>
    internal bool IsNew
    {
        get
        {
            lock (_lock)
                return _drain is null && _state == ServerState.Init;
        }
    }

    /// <summary>How it speaks TLS; null in the clear, and before it listens.</summary>
    internal ServerTls? Tls => _tls;

    /// <summary>What its engines know of it; null before it listens.</summary>
    internal ProtocolContext? Context => _context;

    /// <summary>Fires when it stops accepting.</summary>
    internal CancellationToken Draining => _draining.Token;

    /// <summary>Completes when it accepts for the first time.</summary>
    internal Task Accepting => _accepting.Task;

    /// <summary>Completes when it has ended, in whatever way.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Completes when it has ended; fails with what ended it after it accepted.</summary>
    internal Task Completion => _completion.Task;

    /// <summary>Completes when it is told to stop.</summary>
    internal Task Stopping => _stopping.Task;

    /// <inheritdoc cref="Drain.Awaited"/>
    internal string? Awaited => _drain?.Awaited;

    /// <inheritdoc cref="ConnectionTable.TakesRequests"/>
    internal bool TakesRequests => State != ServerState.Terminated && Connections.TakesRequests;

    /// <summary>Connections accepted, on all addresses.</summary>
    internal long Accepted
    {
        get
        {
            var sum = 0L;
            foreach (var endpoint in Endpoints) sum += endpoint.Accepted; // not by LINQ, which a restart would have to load
            return sum;
        }
    }

    /// <inheritdoc cref="ServedConnections.HandedOver"/>
    internal int HandedOver => _served?.HandedOver ?? 0;

    private ILogger Log => _server.Log;

    /// <summary>The process's event loops; a server whose handlers are trusted not to block has its own, so that trust misplaced is nobody else's loss.</summary>
    private EventLoopGroup Loops => _server.Scheduling == SchedulingMode.Inline
        ? _ownLoops ??= new EventLoopGroup(_server.IsAdmin ? 1 : Environment.ProcessorCount, Log, isTrusting: true, budget: _generation.Figures.Budget)
        : _generation.Loops;

    /// <summary>One more address to listen on.</summary>
    /// <exception cref="InvalidOperationException">The server was started or closed.</exception>
    internal void AddEndpoint(string address)
    {
        lock (_lock)
        {
            ThrowUnlessNew();
            _endpoints.Add(new ServerEndpoint(_server, _generation.Sockets, address, _generation.CountOf(address)));
        }
    }

    /// <summary>Listens, accepts, and completes when the server has stopped and its connections are done.</summary>
    /// <param name="start">What it is started with.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task ServeAsync(ServerStart start, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ThrowUnlessNew();
            _drain = new Drain(Connections, _server.DrainReportPeriod, Log);
        }
        // Before anything can be seen from outside: a SIGHUP sent upon BeforeBegin's word must find its handler.
        _generation.Starting();
        Task? admin = null;
        using var registration = cancellationToken.UnsafeRegister(static life => ((ServerLife)life!).BeginDrain(hasSuccessor: false), this);
        try
        {
            if (_generation.PidFile is { } pidFile) _generation.AcquirePidFile?.Invoke(pidFile);
            _tls = start.CreateTls?.Invoke();
            if (_server.AdminListener is { } listener) admin = await listener.StartAsync(_server).ConfigureAwait(false);
            Listen(start);
            if (_server.WarmUp.Count > 0 || _server.BeforeReady is not null) await WarmUp.RunAsync(_server, _context!, Loops, Stopping).ConfigureAwait(false);
            await _generation.Rehearsed.ConfigureAwait(false);
            _server.AdminListener?.MayAccept();
            await Task.WhenAny(_generation.ArriveAsync(_member), Stopping).ConfigureAwait(false);
            Accept();
            await Stopping.ConfigureAwait(false);
            await DrainAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (Accepting.IsCompleted) _failure = e;
            _generation.StartFailed(e);
            CloseSockets();
            throw;
        }
        finally
        {
            if (_server.AdminListener is { } listener) await listener.EndAsync(admin, isStopping: Stopping.IsCompleted).ConfigureAwait(false);
            await EndAsync(started: true).ConfigureAwait(false);
        }
    }

    /// <summary>Stops accepting for now. Connections are served on.</summary>
    internal void Pause()
    {
        lock (_lock)
            if (_state == ServerState.Running) _endpoints.ForEach(static endpoint => endpoint.Pause());
    }

    /// <summary>Accepts again after <see cref="Pause"/>.</summary>
    internal void Resume()
    {
        lock (_lock)
            if (_state == ServerState.Running) _endpoints.ForEach(static endpoint => endpoint.Accept());
    }

    /// <inheritdoc cref="IGenerationMember.HandOver"/>
    internal void HandOver(HandOverSender sender)
    {
        lock (_lock)
        {
            if (!_server.HandOverConnections || _state != ServerState.Running) return;
            _served!.Sender = sender;
        }
        Connections.HandOver(sender);
    }

    /// <inheritdoc cref="IGenerationMember.TakeBack"/>
    internal void TakeBack()
    {
        lock (_lock)
        {
            if (_state != ServerState.Running) return;
        }
        Connections.TakeBack();
    }

    /// <summary>Ends a drain at once. False if it is not draining.</summary>
    internal bool Hammer()
    {
        lock (_lock)
        {
            if (_state != ServerState.ShuttingDown || _drain is null) return false;
        }
        _drain.Hammer();
        return true;
    }

    /// <summary>Closes sockets and connections at once.</summary>
    internal void Close()
    {
        _server.AdminListener?.BeginDrain(now: true);
        _drain?.Hammer();
        BeginDrain(hasSuccessor: false, now: true);
    }

    /// <summary>Stops accepting and drains: for good, after <see cref="EndlessServer.StopDelay"/> the first time, or because the next generation serves its addresses.</summary>
    internal void BeginDrain(bool hasSuccessor, bool now = false, HandOverSender? sender = null)
    {
        bool delayed;
        lock (_lock)
        {
            if (_state is ServerState.ShuttingDown or ServerState.Terminated) return;
            delayed = !hasSuccessor && !now && !_stopRequested && _state == ServerState.Running && _server.StopDelay != TimeSpan.Zero;
            _stopRequested |= !hasSuccessor;
        }
        if (!hasSuccessor)
        {
            _server.AdminListener?.BeginDrain(now);
            _generation.Stopping();
        }
        if (delayed) _ = DelayStopAsync();
        else BeginDrainNow(hasSuccessor, sender);
    }

    private void ThrowUnlessNew()
    {
        if (_drain is null && _state == ServerState.Init) return;
        throw new InvalidOperationException($"The server on {_server.Addr} was started or closed before; a server serves once. Make a new one.");
    }

    private void Listen(ServerStart start)
    {
        _context = _server.CreateContext();
        _served = new ServedConnections(_context, Connections, _generation, _server);
        var endpoints = Endpoints;
        for (var i = 0; i < endpoints.Count; i++)
        {
            var endpoint = endpoints[i];
            var handler = _served.At(() => endpoint.Identity);
            if (_tls is not null) handler = _tls.Wrap(handler, _server, _generation.Figures, Log);
            endpoint.Listen(i == 0 ? start.MakeSocket : null, Loops, handler, _tls is not null, Log);
            _server.BeforeBegin?.Invoke(endpoint.BoundAddress!);
        }
    }

    private void Accept()
    {
        lock (_lock)
        {
            if (_state != ServerState.Init) return; // stopped before it began
            foreach (var endpoint in _endpoints) endpoint.Accept();
            _state = ServerState.Running;
        }
        // Order of events: before the line in the log all are told: the predecessor, the service manager, a supervisor.
        _generation.Accepting(_member);
        foreach (var endpoint in Endpoints) Log.Listening(endpoint.BoundAddress!);
        _accepting.TrySetResult();
    }

    private async Task DelayStopAsync()
    {
        var delay = Allowed.ForTimer(_server.StopDelay);
        foreach (var endpoint in Endpoints)
        {
            if (delay > TimeSpan.Zero) Log.StopDelayed(endpoint.BoundAddress!, (long)delay.TotalMilliseconds);
            else Log.StopHeldBack(endpoint.BoundAddress!);
        }
        await Task.Delay(delay).ConfigureAwait(false);
        BeginDrainNow(hasSuccessor: false);
    }

    private void BeginDrainNow(bool hasSuccessor, HandOverSender? sender = null)
    {
        lock (_lock)
        {
            if (_state is ServerState.ShuttingDown or ServerState.Terminated) return;
            _hasSuccessor = Connections.HasSuccessor = hasSuccessor;
            if (_served is not null)
            {
                _served.Sender = _server.HandOverConnections ? sender : null;
                // No one takes the service over: a connection without a request is not kept for one that may never come.
                if (!hasSuccessor && !_server.IsDrainGraceSet) _served.EndGrace();
            }
            _state = ServerState.ShuttingDown;
            foreach (var endpoint in _endpoints) endpoint.StopAccepting();
            if (_drain is not null)
            {
                _stopping.SetResult();
                return;
            }
        }
        _ = EndAsync(started: false);
    }

    private async Task DrainAsync()
    {
        var endpoints = Endpoints;
        foreach (var endpoint in endpoints) await endpoint.EmptyAsync(_hasSuccessor).ConfigureAwait(false);
        await _draining.CancelAsync().ConfigureAwait(false); // and off the event loop
        // Closed here and now, not after the drain: were the next generation to end meanwhile, clients are to be refused, not to queue for nobody.
        CloseSockets();
        var address = string.Join(", ", endpoints.Select(static endpoint => endpoint.BoundAddress));
        await _drain!.RunAsync(address, _server.HammerTime, _served!.Sender, _server.ShutdownInitiated).ConfigureAwait(false);
        if (HandedOver > 0) Log.HandedOver(address, HandedOver);
    }

    private void CloseSockets()
    {
        foreach (var endpoint in Endpoints) endpoint.Close(_hasSuccessor, _generation.IsInCharge, Log);
    }

    private async Task EndAsync(bool started)
    {
        lock (_lock)
            _state = ServerState.Terminated;
        foreach (var endpoint in Endpoints) endpoint.End();
        _tls?.Dispose();
        if (_ownLoops is { } loops) _ = EndLoopsAsync(loops);
        await _generation.LeaveAsync(_member, started).ConfigureAwait(false);
        if (_failure is not null) _completion.TrySetException(_failure);
        else _completion.TrySetResult();
        _ended.TrySetResult();
    }

    /// <summary>Ends loops of the server's own. Those of the process do not end, so that what handlers took over goes on as long as the process; here it does so too.</summary>
    private static async Task EndLoopsAsync(EventLoopGroup loops)
    {
        while (loops.Connections > 0) await Task.Delay(OpenConnectionsPeriod).ConfigureAwait(false);
        loops.Dispose();
    }
}
