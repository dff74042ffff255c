using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Sockets;
using Endless.Http.Spawning;
using Endless.Http.Status;
using Microsoft.Extensions.Logging;

namespace Endless.Http;

public sealed partial class EndlessServer : IGenerationMember, IHandOverOrigin
{
    ListenerDescriptor? IGenerationMember.Listener
    {
        get
        {
            lock (_lock)
                return _socket != null && _state is ServerState.Init or ServerState.Running ? new(Identity, _socket) : null;
        }
    }

    bool IGenerationMember.IsStopping
    {
        get
        {
            lock (_lock)
                return _stopRequested || (_state is ServerState.ShuttingDown or ServerState.Terminated && !_handedOn);
        }
    }

    int IGenerationMember.Connections => _connections.Count;

    IReadOnlyList<Connection> IGenerationMember.OpenConnections => _connections.Open;

    ServerCounters IGenerationMember.Counters =>
        _connections.Counters + new ServerCounters(_listener?.Accepted ?? 0, Volatile.Read(ref _handedOver));

    IReadOnlyDictionary<ConnectionState, int> IGenerationMember.States => _connections.States;

    MemberStatus IGenerationMember.Status => new(_boundAddress ?? Addr, State, Stats, Certificates, _drain?.Awaited);

    TimeSpan IGenerationMember.StartTimeout => Principal.StartTimeout;

    SignalHooks IGenerationMember.SignalHooks => SignalHooks;

    ILogger? IGenerationMember.Logger => Logger;

    TimeSpan IGenerationMember.Probation => Principal.Probation;

    TimeSpan IGenerationMember.HammerTime => Principal.HammerTime;

    void IGenerationMember.Pause()
    {
        lock (_lock)
            if (_state == ServerState.Running) _listener!.StopAccepting();
    }

    void IGenerationMember.HandOver(HandOverSender sender)
    {
        lock (_lock)
        {
            if (!HandOverConnections || _state != ServerState.Running) return;
            _handOver = sender;
        }
        _connections.HandOver(sender);
    }

    void IGenerationMember.TakeBack()
    {
        lock (_lock)
        {
            if (_state != ServerState.Running) return;
        }
        _connections.TakeBack();
    }

    void IGenerationMember.Resume()
    {
        lock (_lock)
            if (_state == ServerState.Running) _listener!.Start();
    }

    void IGenerationMember.BeginDrain(bool handedOn, HandOverSender? handOver)
    {
        // A stop of an admin listener comes from its server: told twice, it would not wait for StopDelay.
        if (handedOn || _adminOf is null) BeginDrain(handedOn, now: false, handOver);
    }

    string IGenerationMember.Address => Addr;

    ServerIdentity IGenerationMember.Identity => Identity;

    ServerIdentity IHandOverOrigin.Identity => Identity;

    ServerIdentity IHandOverTarget.Predecessor => _predecessor ?? Identity;

    SocketConnection? IHandOverTarget.Adopt(HandedConnection connection, int descriptor)
    {
        Listener? listener;
        // One that drains takes it too: if it hands over itself, that is where the connection goes next.
        lock (_lock)
            listener = _state is ServerState.Running or ServerState.ShuttingDown ? _listener : null;
        // In the clear, from a generation that did not speak TLS on this address yet: that one serves it to its end.
        if (listener is not null && _tls is null) return listener.Adopt(descriptor, connection.Unread.Span, connection.RequestsServed);
        _ = Native.Libc.close(descriptor);
        return null;
    }

    /// <summary>Which one of its process's servers this is.</summary>
    private ServerIdentity Identity => new(Addr, _ordinal, Name);

    void IHandOverOrigin.OnMoved(SocketConnection connection)
    {
        Interlocked.Increment(ref _handedOver);
        connection.SetState(Http.ConnectionState.HandedOver);
        _connections.Remove(connection);
    }

    void IHandOverOrigin.OnStayed(SocketConnection connection)
    {
        _connections.Stay(connection);
        connection.Resume();
    }

    bool IGenerationMember.Hammer()
    {
        lock (_lock)
        {
            if (_state != ServerState.ShuttingDown || _drain is null) return false;
        }
        _drain.Hammer();
        return true;
    }
}
