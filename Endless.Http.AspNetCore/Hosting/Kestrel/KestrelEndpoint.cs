using System.Net;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Spawning;

namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>One address of Kestrel's: its listening socket, inherited or bound, whose connections are accepted here and served there. Thread-safe.</summary>
internal sealed class KestrelEndpoint : IGenerationEndpoint, IConnectionHandler
{
    private readonly Lock _lock = new();
    private readonly Generation _generation;
    private ListenSocket? _socket;
    private Listener? _listener;
    private bool _isInherited;
    private bool _mayBeInherited;
    private bool _isClosed;

    /// <param name="generation">The process's.</param>
    /// <param name="address">As the generation before and the next one know it.</param>
    public KestrelEndpoint(Generation generation, string address)
    {
        _generation = generation;
        Address = address;
        Identity = new ServerIdentity(address, generation.CountOf(address));
    }

    /// <summary>The address as it is asked for.</summary>
    public string Address { get; }

    public ServerIdentity Identity { get; }

    public ServerIdentity Predecessor => Identity;

    /// <summary>What it is bound to; null before it listens.</summary>
    public EndPoint? LocalEndPoint { get; private set; }

    /// <summary>The same as text; null before it listens.</summary>
    public string? BoundAddress { get; private set; }

    /// <summary>Connections accepted.</summary>
    public long Accepted => _listener?.Accepted ?? 0;

    public ListenerDescriptor? Listener
    {
        get
        {
            lock (_lock) return _socket is not null && _mayBeInherited ? new(Identity, _socket) : null;
        }
    }

    /// <summary>Takes the inherited socket of the address, or binds. Nothing is accepted yet.</summary>
    /// <param name="accepted">Gets each accepted socket's descriptor, and owns it.</param>
    /// <exception cref="IOException">It cannot be bound; the message names the address and the reason.</exception>
    public void Listen(Action<int> accepted)
    {
        var address = ListenAddress.Parse(Address);
        var files = _generation.Sockets.Files;
        var descriptor = _generation.Sockets.Claim(Identity, address, out _);
        var socket = descriptor is { } inherited ? ListenSocket.Inherit(inherited, address, files.Find(address.Text)) : ListenSocket.Bind(address);
        files.Note(address.Text, socket.File);
        lock (_lock)
        {
            _socket = socket;
            _isInherited = descriptor is not null;
            _mayBeInherited = true;
            LocalEndPoint = socket.LocalEndPoint;
            BoundAddress = socket.BoundAddress;
            _listener = new Listener(_generation.Loops, socket, this) { Raw = accepted };
        }
    }

    /// <summary>Accepts, for the first time or again. Nothing once it is closed.</summary>
    public void Accept()
    {
        lock (_lock)
            if (_mayBeInherited) _listener?.Start();
    }

    /// <summary>Stops accepting for now.</summary>
    public void Pause()
    {
        lock (_lock) _listener?.StopAccepting();
    }

    /// <summary>Stops accepting for good: nobody inherits the socket any more.</summary>
    public void StopAccepting()
    {
        lock (_lock)
        {
            _mayBeInherited = false;
            _listener?.StopAccepting();
        }
    }

    /// <summary>Closes the socket, and completes when no connection can come any more. Whoever is in the queue is taken in first, unless somebody listens on.</summary>
    /// <param name="hasSuccessor">The next generation serves the address.</param>
    public async Task CloseAsync(bool hasSuccessor)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
        }
        StopAccepting();
        if (_listener is not { } listener || _socket is not { } socket) return;
        await listener.StopAcceptingAsync().ConfigureAwait(false);
        var isActivated = _generation.Sockets.IsActivated(Address);
        // A generation on probation leaves the queue to the one before, which accepts again.
        if (!hasSuccessor && !isActivated && _generation.IsInCharge) listener.TakeQueue();
        lock (_lock)
        {
            socket.UnlinkOnClose = !hasSuccessor && !isActivated && (!_isInherited || _generation.IsInCharge);
            _ = socket.Close();
            _socket = null;
        }
    }

    /// <summary>A connection of a generation whose server was another: Kestrel cannot take it in the midst of its life, so that it stays there to its end.</summary>
    public SocketConnection? Adopt(HandedConnection connection, int descriptor)
    {
        _ = Libc.close(descriptor);
        return null;
    }

    bool IConnectionHandler.OnAccepted(Connection connection) => throw Raw();

    ValueTask<ConnectionOutcome> IConnectionHandler.ServeAsync(Connection connection) => throw Raw();

    void IConnectionHandler.OnEnded(Connection connection, ConnectionOutcome outcome) => throw Raw();

    private static InvalidOperationException Raw() => new("Kestrel serves the sockets that are accepted here.");
}
