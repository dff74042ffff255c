using System.Net;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Spawning;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Server;

/// <summary>One address of a server: its listening socket, and what connections that came there are known by in the generations before and after.</summary>
/// <remarks>
/// Thread-safe: <see cref="_lock"/> is held for each change and never while anybody else's lock is asked for, so that the server may call with its own held. Owns the socket until <see cref="Close"/>.
/// </remarks>
internal sealed class ServerEndpoint(EndlessServer server, GenerationSockets sockets, string address, int ordinal) : IGenerationEndpoint
{
    private readonly Lock _lock = new();
    private ListenSocket? _socket;
    private Listener? _listener;
    private ServerIdentity? _predecessor;
    private bool _isInherited;
    private bool _isTls;
    private bool _mayBeInherited;   // from the bind until the server stops accepting for good
    private bool _mayAdopt;         // while the server accepts or drains

    /// <summary>The address as configured.</summary>
    public string Address => address;

    public ServerIdentity Identity => new(address, ordinal, server.Name);

    ServerIdentity IHandOverTarget.Predecessor
    {
        get
        {
            lock (_lock)
                return _predecessor ?? Identity;
        }
    }

    ListenerDescriptor? IGenerationEndpoint.Listener
    {
        get
        {
            lock (_lock)
                return _socket is not null && _mayBeInherited ? new(Identity, _socket) : null;
        }
    }

    /// <summary>What it is bound to, with the port the system chose for port 0; null before it listens.</summary>
    public EndPoint? LocalEndPoint { get; private set; }

    /// <summary>The same as text; null before it listens.</summary>
    public string? BoundAddress { get; private set; }

    /// <summary>Connections accepted here.</summary>
    public long Accepted => _listener?.Accepted ?? 0;

    /// <inheritdoc cref="ListenSocket.QueueLength"/>
    public int? QueueLength
    {
        get
        {
            lock (_lock)
                return _socket?.QueueLength; // under the lock that it is closed under
        }
    }

    /// <summary>Takes the inherited socket of this address, else <paramref name="made"/>, else binds. Nothing is accepted yet.</summary>
    /// <param name="made">Makes the socket where none was inherited; null to bind the address.</param>
    /// <param name="loops">Who accepts.</param>
    /// <param name="handler">Where connections go.</param>
    /// <param name="isTls">They are under TLS: none in the clear is taken from the generation before.</param>
    /// <param name="logger">The server's.</param>
    /// <exception cref="IOException">It cannot be bound; the message names the address and the reason.</exception>
    public void Listen(Func<ListenAddress, ListenSocket>? made, EventLoopGroup loops, IConnectionHandler handler, bool isTls, ILogger logger)
    {
        var parsed = ListenAddress.Parse(address);
        var keepAlive = TcpKeepAlive.From(server.TcpKeepAliveIdle, server.TcpKeepAliveInterval, server.TcpKeepAliveCount);
        var descriptor = sockets.Claim(Identity, parsed, out var predecessor);
        var socket = descriptor is not null ? ListenSocket.Inherit(descriptor.Value, parsed, sockets.Files.Find(parsed.Text), keepAlive, server.MaxUnsentBytes)
            : made is not null ? made(parsed)
            : ListenSocket.Bind(parsed, server.ReusePort, keepAlive, server.MaxUnsentBytes);
        var boundAnew = descriptor is not null ? BindLostPath(socket, logger) : null;
        sockets.Files.Note(parsed.Text, (boundAnew ?? socket).File);
        lock (_lock)
        {
            _socket = boundAnew ?? socket;
            _predecessor = predecessor;
            _isInherited = descriptor is not null && boundAnew is null;
            _isTls = isTls;
            _mayBeInherited = true;
            LocalEndPoint = _socket.LocalEndPoint;
            BoundAddress = _socket.BoundAddress;
            _listener = new Listener(loops, _socket, handler);
        }
    }

    /// <summary>Accepts, for the first time or again after <see cref="Pause"/>.</summary>
    public void Accept()
    {
        lock (_lock) _mayAdopt = true;
        _listener!.Start();
    }

    /// <summary>Stops accepting for now.</summary>
    public void Pause() => _listener!.StopAccepting();

    /// <summary>Stops accepting for good: from here on nobody inherits the socket.</summary>
    public void StopAccepting()
    {
        lock (_lock) _mayBeInherited = false;
        _listener?.StopAccepting();
    }

    /// <summary>Completes when nothing is being accepted any more; then takes in what is in the kernel's queue, unless somebody listens on.</summary>
    /// <param name="hasSuccessor">The next generation serves the address.</param>
    public async Task EmptyAsync(bool hasSuccessor)
    {
        await _listener!.StopAcceptingAsync().ConfigureAwait(false);
        // Else somebody listens on and accepts it; but nobody does where the next generation bound the path anew.
        if (!sockets.IsActivated(_socket!.Address.Text) && (!hasSuccessor || _socket.File is { IsAtPath: false })) _listener.TakeQueue();
    }

    /// <summary>Closes the socket. A UNIX socket's path goes with the last to serve it.</summary>
    /// <param name="hasSuccessor">The next generation serves the address.</param>
    /// <param name="isInCharge">Nobody before this generation serves it any more.</param>
    /// <param name="logger">The server's.</param>
    public void Close(bool hasSuccessor, bool isInCharge, ILogger logger)
    {
        lock (_lock)
        {
            if (_socket is null) return;
            // The last to serve it removes it: not where the next generation serves it, nor a generation that inherited it and was never in charge, even if it accepted.
            _socket.UnlinkOnClose = !hasSuccessor && (!_isInherited || isInCharge) && !sockets.IsActivated(_socket.Address.Text);
            if (_socket.Close() is var errno and not 0) logger.PathLeft(_socket.Address.Text, Errno.Describe(errno));
            _socket = null;
        }
    }

    /// <summary>The server has ended.</summary>
    public void End()
    {
        lock (_lock) _mayAdopt = false;
    }

    SocketConnection? IHandOverTarget.Adopt(HandedConnection connection, int descriptor)
    {
        Listener? listener;
        // A draining server takes it too: if it hands over itself, the connection goes there next.
        lock (_lock)
            listener = _mayAdopt && !_isTls ? _listener : null; // in the clear, from a generation that did not speak TLS on this address yet: that one serves it to its end
        if (listener is not null) return listener.Adopt(descriptor, connection.Unread.Span, connection.RequestsServed);
        _ = Libc.close(descriptor);
        return null;
    }

    /// <summary>
    /// The path of an inherited UNIX socket was removed, or leads to another file: no client finds the socket any more, in later generations neither. The predecessor
    /// accepts what is in its queue. Returns the new socket; null if the old one stays.
    /// </summary>
    private ListenSocket? BindLostPath(ListenSocket inherited, ILogger logger)
    {
        if (inherited.File is not { IsAtPath: false } file || sockets.IsActivated(inherited.Address.Text)) return null;
        ListenSocket anew;
        try
        {
            anew = ListenSocket.BindPath(inherited.Address, file.Path);
        }
        catch (IOException e)
        {
            logger.PathLost(inherited.Address.Text, e.Message.TrimEnd('.'));
            return null;
        }
        inherited.UnlinkOnClose = false;
        inherited.Dispose();
        logger.PathBoundAnew(inherited.Address.Text);
        return anew;
    }
}
