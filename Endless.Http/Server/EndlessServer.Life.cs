using System.Net;
using System.Runtime.InteropServices;
using Endless.Http.Channels;
using Endless.Http.Draining;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Settings;
using Endless.Http.Sockets;
using Endless.Http.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>How often a server that has ended looks whether connections are still open on loops of its own.</summary>
    private static readonly TimeSpan OpenConnectionsPeriod = TimeSpan.FromSeconds(1);

    private readonly Generation _generation;
    private readonly int _ordinal;
    private readonly ConnectionTable _connections = new();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _draining = new();
    private ServerState _state;
    private ListenSocket? _socket;
    private Listener? _listener;
    private EventLoopGroup? _ownLoops;
    private Drain? _drain;
    private string? _boundAddress;
    private volatile ServerIdentity? _predecessor;
    private bool _inherited;
    private bool _handedOn;
    private bool _stopRequested;
    private HandOverSender? _handOver;
    private int _handedOver;

    /// <summary>A server in a generation of its own choice, for tests.</summary>
    internal EndlessServer(string addr, IHandler? handler, Generation generation)
    {
        Addr = addr;
        Handler = handler;
        ReadTimeout = DefaultReadTimeout;
        WriteTimeout = DefaultWriteTimeout;
        MaxHeaderBytes = DefaultMaxHeaderBytes;
        HammerTime = DefaultHammerTime;
        _generation = generation;
        _ordinal = generation.Join(this);
        generation.Observe(new RestartEvents(this));
    }

    /// <summary>The generation of this process: 1 for one that no restart started, one more with each restart.</summary>
    public static int Generation => Generations.Generation.Current.Info.Number;

    /// <summary>Where the server is in its life.</summary>
    public ServerState State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <summary>The address the server is bound to, with the port the system chose for port 0; null before it listens.</summary>
    public EndPoint? LocalEndPoint { get; private set; }

    private ILogger Log => _generation.LoggerOf(Logger);

    /// <summary>Listens, serves, and returns when the server has stopped and its connections are done. A stop is no error. Blocks the calling thread.</summary>
    /// <exception cref="FormatException"><see cref="Addr"/> is not an address; the message names it.</exception>
    /// <exception cref="IOException">
    /// The address cannot be bound: in use, no permission, ...; the message names it and the reason. Or another instance holds <see cref="PidFile"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The server was started or closed before.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public void ListenAndServe() => ListenAndServeAsync().GetAwaiter().GetResult();

    /// <summary>Listens, serves, and completes when the server has stopped and its connections are done. A stop is no error.</summary>
    /// <param name="cancellationToken">Stops the server as <see cref="ShutdownAsync"/> does; the task still completes normally, once the connections are done.</param>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    public Task ListenAndServeAsync(CancellationToken cancellationToken = default) => ServeAsync(createTls: null, cancellationToken);

    private async Task ServeAsync(Func<TlsContext>? createTls, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException($"Endless.Http serves on Linux only; this is {RuntimeInformation.OSDescription}. Run the program in WSL2 or in a container; the project's .devcontainer has all it takes.");
        lock (_lock)
        {
            if (_drain != null || _state != ServerState.Init)
                throw new InvalidOperationException($"The server on {Addr} was started or closed before; a server serves once. Make a new one.");
            _drain = new Drain(_connections, DrainReportPeriod, Log);
        }
        // Before anything can be seen from outside: a SIGHUP sent upon BeforeBegin's word must find its handler.
        _generation.Starting();
        Task? admin = null;
        using var registration = cancellationToken.UnsafeRegister(static server => ((EndlessServer)server!).BeginDrain(handedOn: false), this);
        try
        {
            if (PidFile is { } pidFile) _generation.AcquirePidFile?.Invoke(pidFile);
            _tls = createTls?.Invoke();
            if (_admin is not null) admin = await StartAdminAsync(_admin).ConfigureAwait(false);
            Listen();
            if (WarmUp.Count > 0 || BeforeReady != null) await GetReadyAsync().ConfigureAwait(false);
            await _generation.Succession.Rehearsal.Rehearsed.ConfigureAwait(false);
            _readyForAdmin.TrySetResult();
            await Task.WhenAny(_generation.ArriveAsync(this), _stopping.Task).ConfigureAwait(false);
            Accept();
            await _stopping.Task.ConfigureAwait(false);
            await DrainAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _generation.StartFailed(e);
            CloseSocket();
            throw;
        }
        finally
        {
            await EndAdminAsync(admin).ConfigureAwait(false);
            await EndAsync(started: true).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Stops accepting and completes when every connection is done or, at <see cref="HammerTime"/>, closed. Connections without a request under
    /// way, new ones included, are kept for <see cref="DrainGrace"/>. Go's <c>Shutdown</c>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the shutdown.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        BeginDrain(handedOn: false);
        return _ended.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Closes the listener and every connection at once. Go's <c>Close</c>.</summary>
    public void Close()
    {
        _admin?.Close();
        _drain?.Hammer();
        BeginDrain(handedOn: false, now: true);
    }

    /// <summary>The process's event loops; a server whose handlers are trusted not to block has its own, so that trust misplaced is nobody else's loss.</summary>
    private EventLoopGroup Loops =>
        Scheduling == SchedulingMode.Inline ? _ownLoops ??= new EventLoopGroup(_adminOf is null ? Environment.ProcessorCount : 1, Log, isTrusting: true, budget: _generation.Figures.Budget) : _generation.Loops;

    private void Listen()
    {
        var address = ListenAddress.Parse(Addr);
        var keepAlive = TcpKeepAlive.From(TcpKeepAliveIdle, TcpKeepAliveInterval, TcpKeepAliveCount);
        var descriptor = _generation.Sockets.Claim(Identity, address, out var predecessor);
        _predecessor = predecessor;
        if (descriptor is not null)
        {
            _inherited = true;
            _socket = ListenSocket.Inherit(descriptor.Value, address, _generation.Sockets.Files.Find(address.Text), keepAlive, MaxUnsentBytes);
            BindLostPath(_socket);
        }
        else
        {
            _socket = ListenSocket.Bind(address, ReusePort, keepAlive, MaxUnsentBytes);
        }
        _generation.Sockets.Files.Note(address.Text, _socket.File);
        LocalEndPoint = _socket.LocalEndPoint;
        _boundAddress = _socket.BoundAddress;
        _listener = new Listener(Loops, _socket, CreateHandler());
        BeforeBegin?.Invoke(_socket.BoundAddress);
    }

    /// <summary>
    /// Somebody has removed the path of an inherited UNIX socket, or has another there: no client finds the socket any more, and no later generation's either. The one before this one
    /// takes in who is in its queue.
    /// </summary>
    private void BindLostPath(ListenSocket inherited)
    {
        if (inherited.File is not { IsAtPath: false } file || _generation.Sockets.IsActivated(inherited.Address.Text)) return;
        try
        {
            _socket = ListenSocket.BindPath(inherited.Address, file.Path);
        }
        catch (IOException e)
        {
            Log.PathLost(inherited.Address.Text, e.Message.TrimEnd('.'));
            return;
        }
        inherited.UnlinkOnClose = false;
        inherited.Dispose();
        _inherited = false;
        Log.PathBoundAnew(inherited.Address.Text);
    }

    /// <summary>What comes before the server may accept.</summary>
    private async Task GetReadyAsync()
    {
        var context = WarmUp.Count > 0 ? CreateContext() : null;
        // A copy: what a handler adds meanwhile comes too late, and must not fail the start.
        foreach (var target in WarmUp.ToArray())
        {
            var status = await RehearsalClient.AskAsync(Loops, context!, target).ConfigureAwait(false);
            if (status is 0 or >= 400) Log.WarmUpFailed(target, status);
        }
        if (BeforeReady is not { } beforeReady) return;
        using var stopped = new CancellationTokenSource();
        _ = _stopping.Task.ContinueWith(static (_, source) => ((CancellationTokenSource)source!).Cancel(), stopped, stopped.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await beforeReady(stopped.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.Task.IsCompleted)
        {
            // It was told to leave off.
        }
    }

    private void Accept()
    {
        lock (_lock)
        {
            if (_state != ServerState.Init) return; // stopped before it began
            _listener!.Start();
            _state = ServerState.Running;
        }
        // Whoever acts on the line in the log finds everybody told: the generation before, the service manager, a supervisor.
        _generation.Accepting(this);
        Log.Listening(_boundAddress!);
    }

    private void BeginDrain(bool handedOn, bool now = false, HandOverSender? handOver = null)
    {
        bool delayed;
        lock (_lock)
        {
            if (_state is ServerState.ShuttingDown or ServerState.Terminated) return;
            delayed = !handedOn && !now && !_stopRequested && _state == ServerState.Running && StopDelay != TimeSpan.Zero;
            _stopRequested |= !handedOn;
        }
        if (!handedOn)
        {
            _admin?.BeginDrain(handedOn, now);
            _generation.Stopping();
        }
        if (delayed) _ = DelayStopAsync();
        else BeginDrainNow(handedOn, handOver);
    }

    private async Task DelayStopAsync()
    {
        var delay = Allowed.ForTimer(StopDelay);
        if (delay > TimeSpan.Zero) Log.StopDelayed(_socket!.BoundAddress, (long)delay.TotalMilliseconds);
        else Log.StopHeldBack(_socket!.BoundAddress);
        await Task.Delay(delay).ConfigureAwait(false);
        BeginDrainNow(handedOn: false);
    }

    private void BeginDrainNow(bool handedOn, HandOverSender? handOver = null)
    {
        lock (_lock)
        {
            if (_state is ServerState.ShuttingDown or ServerState.Terminated) return;
            _handedOn = handedOn;
            _handOver = HandOverConnections ? handOver : null;
            _state = ServerState.ShuttingDown;
            _listener?.StopAccepting();
            if (_drain != null)
            {
                _stopping.SetResult();
                return;
            }
        }
        _ = EndAsync(started: false);
    }

    private async Task DrainAsync()
    {
        var address = _socket!.BoundAddress;
        await _listener!.StopAcceptingAsync().ConfigureAwait(false);
        // Else it is somebody's who listens on; but nobody does where the next generation had to bind the path anew.
        if (!_generation.Sockets.IsActivated(_socket.Address.Text) && (!_handedOn || _socket.File is { IsAtPath: false })) _listener.TakeQueue();
        await _draining.CancelAsync().ConfigureAwait(false); // and off the event loop
        // Closed here and now, not after the drain: were the next generation to end meanwhile, clients are to be refused, not to queue for nobody.
        CloseSocket();
        await _drain!.RunAsync(address, HammerTime, _handOver, ShutdownInitiated).ConfigureAwait(false);
        if (_handedOver > 0) Log.HandedOver(address, _handedOver);
    }

    private void CloseSocket()
    {
        lock (_lock)
        {
            if (_socket is null) return;
            // A UNIX socket's path goes with the last to serve it: not with one that handed it on, nor with one that inherited it and was never left it, be it that it accepted.
            _socket.UnlinkOnClose = !_handedOn && (!_inherited || _generation.IsInCharge) && !_generation.Sockets.IsActivated(_socket.Address.Text);
            if (_socket.Close() is var errno and not 0) Log.PathLeft(_socket.Address.Text, Errno.Describe(errno));
            _socket = null;
        }
    }

    /// <summary>Ends loops of the server's own. Those of the process do not end, so that what handlers took over goes on as long as the process; here it does so too.</summary>
    private static async Task EndLoopsAsync(EventLoopGroup loops)
    {
        while (loops.Connections > 0) await Task.Delay(OpenConnectionsPeriod).ConfigureAwait(false);
        loops.Dispose();
    }

    private async Task EndAsync(bool started)
    {
        lock (_lock)
            _state = ServerState.Terminated;
        _tls?.Dispose();
        if (_ownLoops is { } loops) _ = EndLoopsAsync(loops);
        await _generation.LeaveAsync(this, started).ConfigureAwait(false);
        _ended.TrySetResult();
    }
}
