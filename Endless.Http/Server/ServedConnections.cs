using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Draining;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Semantics;
using Endless.Http.Serving;
using Endless.Http.Sockets;

namespace Endless.Http.Server;

/// <summary>The connections of a server, on whichever of its addresses they came: taken in within the limits, served by the engine of their protocol, and offered to the next generation.</summary>
/// <remarks>Called by the transport, on the connection's thread; any number at a time.</remarks>
internal sealed class ServedConnections
{
    private readonly ProtocolContext _context;
    private readonly ConnectionTable _table;
    private readonly GenerationSockets _sockets;
    private readonly GenerationFigures _figures;
    private readonly RoomMaker _room;                   // within MaxConnections
    private readonly Action<Connection> _onReleased;    // one for all connections
    private readonly Action<Connection, ConnectionState>? _onStateChanged;
    private readonly IConnectionWatch? _watch;
    private readonly int _maxConnections;
    private readonly string _address;
    private int _handedOver;

    /// <param name="context">What the engines know of the server.</param>
    /// <param name="table">Where they are counted.</param>
    /// <param name="generation">The process's.</param>
    /// <param name="server">Whose they are.</param>
    public ServedConnections(ProtocolContext context, ConnectionTable table, Generation generation, EndlessServer server)
    {
        _context = context;
        _table = table;
        _sockets = generation.Sockets;
        _figures = generation.Figures;
        _watch = server.ConnectionWatch;
        _maxConnections = server.MaxConnections;
        _address = server.Addr;
        _room = new RoomMaker(() => table.Open);
        _onReleased = OnReleased;
        if (server.StateChanged is { } stateChanged) _onStateChanged = (connection, state) => Report(connection, state, stateChanged);
    }

    /// <summary>Where connections go that reach a request boundary when they were asked to leave for the next generation; null while none is there.</summary>
    public HandOverSender? Sender { get; set; }

    /// <summary>Connections handed over to the next generation.</summary>
    public int HandedOver => Volatile.Read(ref _handedOver);

    /// <summary>From now on a connection that is asked to leave, and waits for a request, is closed at once.</summary>
    public void EndGrace() => _context.Timeouts.DrainGrace = 0;

    /// <summary>The handler for those that come at an address.</summary>
    /// <param name="identity">By which the next generation knows the server at that address.</param>
    public IConnectionHandler At(Func<ServerIdentity> identity) => new AtEndpoint(this, identity);

    private bool OnAccepted(Connection connection)
    {
        if (_maxConnections > 0 && _table.Count >= _maxConnections && _room.MakeRoom(1) == 0)
        {
            _watch?.Rejected(connection);
            return false;
        }
        // A connection that another generation served has been idle, or is within a request, and not new.
        var isNew = connection.RequestsServed == 0;
        var timeout = isNew ? _context.Timeouts.ReadHeader : _context.Timeouts.Idle;
        if (timeout >= 0) connection.ReadDeadline = connection.Now + timeout;
        if (_onStateChanged is not null)
        {
            connection.StateChanged = _onStateChanged;
            if (isNew) _onStateChanged(connection, ConnectionState.New);
        }
        connection.LeastSendRate = _context.Limits.LeastResponseRate;
        connection.Released = _onReleased;
        if (!isNew) connection.SetState(ConnectionState.Idle);
        _watch?.Began(connection);
        return _table.TryAdd(connection);
    }

    private void OnEnded(Connection connection, ConnectionOutcome outcome, IHandOverOrigin origin)
    {
        if (outcome == ConnectionOutcome.HandOver)
        {
            Sender!.Offer(origin, (SocketConnection)connection);
            return;
        }
        if (outcome == ConnectionOutcome.Hijacked) return; // gone since OnReleased
        _watch?.Ended(connection);
        connection.SetState(ConnectionState.Closed);
        _figures.ConnectionDurations.Record(TimeSpan.FromMilliseconds(Environment.TickCount64 - connection.AcceptedAt));
        _table.Remove(connection);
    }

    private void OnMoved(SocketConnection connection)
    {
        Interlocked.Increment(ref _handedOver);
        _watch?.Ended(connection);
        connection.SetState(ConnectionState.HandedOver);
        _table.Remove(connection);
    }

    private void OnStayed(SocketConnection connection)
    {
        _table.Stay(connection);
        connection.Resume();
    }

    /// <summary>A handler took the connection over: from now on it counts nowhere, and nobody waits for it or for what is left of its request.</summary>
    private void OnReleased(Connection connection)
    {
        _watch?.Upgraded(connection);
        _table.Remove(connection);
        if (!connection.HasCountedRequest) return;
        connection.HasCountedRequest = false;
        _figures.Requests.EndUnmeasured();
    }

    private void Report(Connection connection, ConnectionState state, Action<ConnectionStateChange> stateChanged)
    {
        var info = new ConnectionInfo(connection.Id, connection.RemoteEndPoint);
        try
        {
            stateChanged(new ConnectionStateChange(info, state));
        }
        catch (Exception e)
        {
            _context.Logger.ConnectionStateChangedFailed(e, _address, info);
        }
    }

    private sealed class AtEndpoint(ServedConnections all, Func<ServerIdentity> identity) : IConnectionHandler, IHandOverOrigin
    {
        public ServerIdentity Identity => identity();

        public bool OnAccepted(Connection connection) => all.OnAccepted(connection);

        /// <summary>Descriptors are the process's: the longest waiting is closed, on any server.</summary>
        public int MakeRoom(int count) => all._sockets.Room.MakeRoom(count);

        public ValueTask<ConnectionOutcome> ServeAsync(Connection connection) => ProtocolSelector.ServeAsync(connection, all._context);

        public void OnEnded(Connection connection, ConnectionOutcome outcome) => all.OnEnded(connection, outcome, this);

        public void OnMoved(SocketConnection connection) => all.OnMoved(connection);

        public void OnStayed(SocketConnection connection) => all.OnStayed(connection);
    }
}
