using Endless.Http.Connections;
using Endless.Http.HandOver;
using Endless.Http.Semantics;
using Endless.Http.Status;

namespace Endless.Http.Draining;

/// <summary>The open connections of one server, and when the last of them has gone. Thread-safe.</summary>
/// <remarks>
/// A hijacked connection is its handler's and no longer here, from the moment it was taken over. What goes through a copy of the table may still meet one:
/// <see cref="Connection.RequestLeave"/> and <see cref="Connection.TryCondemn"/> leave it alone. One whose owner has the drain wait for it is listed apart: it is waited for and aborted at hammer time, and nothing else.
/// </remarks>
internal sealed class ConnectionTable : IDrainWait
{
    /// <summary>A table with room for this many is given back where the most are gone: 10,000 connections make it half a mebibyte.</summary>
    private const int LargeCapacity = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Connection> _connections = [];
    private readonly Dictionary<long, Connection> _held = []; // a handler's, and waited for
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerCounters _ended;
    private LeaveRequest _leave;
    private bool _handingOver;
    private bool _left;
    private bool _isAborted;
    private volatile bool _hasSuccessor;

    /// <summary>Another generation serves on when these have left. Said before they are asked to leave.</summary>
    public bool HasSuccessor
    {
        get => _hasSuccessor;
        set => _hasSuccessor = value;
    }

    /// <summary>Open connections.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>Connections that a handler took over, and that are waited for.</summary>
    internal int HeldCount
    {
        get
        {
            lock (_lock)
                return _held.Count;
        }
    }

    /// <summary>What was counted on its connections, ended or open.</summary>
    internal ServerCounters Counters
    {
        get
        {
            // Under the lock that a connection leaves the table in, so that it is counted once at every moment.
            lock (_lock)
            {
                var sum = _ended;
                foreach (var connection in _connections.Values) sum += Of(connection);
                return sum;
            }
        }
    }

    /// <summary>The open connections now.</summary>
    internal Connection[] Open
    {
        get
        {
            lock (_lock)
                return [.. _connections.Values];
        }
    }

    /// <summary>How many connections are in which state.</summary>
    internal Dictionary<ConnectionState, int> States
    {
        get
        {
            lock (_lock)
                return _connections.Values.CountBy(connection => connection.State).ToDictionary();
        }
    }

    /// <summary>A client may begin a request on one of these connections: it waits for one, and was not told to leave, or has not answered yet that it knows. Not one that a handler took over.</summary>
    internal bool TakesRequests
    {
        get
        {
            lock (_lock)
            {
                if (_leave == LeaveRequest.None) return true;
                // Not by LINQ, which a restart would have to load.
                foreach (var connection in _connections.Values)
                    if (connection.Tag is not IProtocolEngine engine || engine.TakesRequests) return true;
                return false;
            }
        }
    }

    /// <summary>Completes when, after <see cref="Leave"/>, no connection is open.</summary>
    internal Task Emptied => _emptied.Task;

    /// <summary>
    /// A connection was accepted. One that was accepted just before its server stopped accepting is asked to leave like the others. False if the last has
    /// already left, and nobody waits for another.
    /// </summary>
    internal bool TryAdd(Connection connection)
    {
        LeaveRequest leave;
        lock (_lock)
        {
            if (_left) return false;
            _connections.Add(connection.Id, connection);
            leave = _handingOver && _leave == LeaveRequest.None && connection.CanMove ? LeaveRequest.HandOver : _leave;
        }
        if (leave != LeaveRequest.None) connection.RequestLeave(leave);
        return true;
    }

    /// <summary>A connection has ended, or a handler took it over.</summary>
    internal void Remove(Connection connection)
    {
        lock (_lock)
        {
            if (!_connections.Remove(connection.Id)) return;
            _ended += Of(connection);
            // By halves at least, so that the copies cost a removal next to nothing.
            if (_connections.Capacity > LargeCapacity && _connections.Count < _connections.Capacity / 4) _connections.TrimExcess(_connections.Count * 2);
            if (!TryLeave()) return;
        }
        _emptied.TrySetResult();
    }

    public bool TryHold(Connection connection)
    {
        lock (_lock)
        {
            if (_left || _isAborted) return false;
            _held[connection.Id] = connection;
            return true;
        }
    }

    public void LetGo(Connection connection)
    {
        lock (_lock)
            if (!_held.Remove(connection.Id) || !TryLeave()) return;
        _emptied.TrySetResult();
    }

    /// <summary>Asks every connection to leave, once nothing is accepted any more: for the next generation, or to its end if there is no way there. How many there were.</summary>
    internal int Leave(HandOverSender? handOver)
    {
        Connection[] connections;
        int waited;
        lock (_lock)
        {
            _leave = handOver is null ? LeaveRequest.Drain : LeaveRequest.HandOver;
            connections = [.. _connections.Values];
            waited = connections.Length + _held.Count;
            TryLeave();
        }
        handOver?.Ask(connections);
        if (handOver is null)
            foreach (var connection in connections) connection.RequestLeave(LeaveRequest.Drain);
        if (waited == 0) _emptied.TrySetResult();
        return waited;
    }

    /// <summary>Asks connections once more to leave that the next generation did not take: it may have been out of descriptors, and now has some.</summary>
    internal void OfferAgain(HandOverSender sender)
    {
        Connection[] connections;
        lock (_lock) connections = [.. _connections.Values.Where(connection => connection is { CanMove: true, Leave: LeaveRequest.Drain })];
        if (connections.Length > 0) sender.Ask(connections);
    }

    /// <summary>
    /// Asks every connection that can move to leave for the next generation, once nothing is accepted for now. Those that cannot are not asked yet: should the next
    /// generation fail, they have noticed nothing.
    /// </summary>
    internal void HandOver(HandOverSender sender)
    {
        Connection[] connections;
        lock (_lock)
        {
            _handingOver = true;
            connections = [.. _connections.Values.Where(connection => connection.CanMove)];
        }
        sender.Ask(connections);
    }

    /// <summary>After <see cref="HandOver"/> and before <see cref="Leave"/>: those that are still here are served on as if nothing had been.</summary>
    internal void TakeBack()
    {
        lock (_lock)
        {
            _handingOver = false;
            foreach (var connection in _connections.Values)
                if (connection.Leave != LeaveRequest.None) connection.RequestLeave(LeaveRequest.None);
        }
    }

    /// <summary>A connection that was to leave is served here: to its end, if this generation drains or hands over.</summary>
    internal void Stay(Connection connection)
    {
        // Race: under the lock of the requests to leave, so that the last one holds.
        lock (_lock)
            connection.RequestLeave(_leave != LeaveRequest.None || _handingOver ? LeaveRequest.Drain : LeaveRequest.None);
    }

    /// <summary>Ends every connection now, or as soon as its client has been told what there is to tell (<see cref="AbortRest"/>). How many there were.</summary>
    internal int AbortAll()
    {
        Connection[] connections;
        lock (_lock)
        {
            connections = [.. _connections.Values.Where(connection => connection.TryCondemn())];
            _ended += new ServerCounters(Dropped: connections.Length);
            _isAborted = true;
            connections = [.. connections, .. _held.Values];
        }
        foreach (var connection in connections)
            if (connection.Tag is not IProtocolEngine engine || !engine.TryEndAtHammerTime()) connection.Abort();
        return connections.Length;
    }

    /// <summary>After <see cref="AbortAll"/> and a moment: ends those whose clients do not take what they are told, or do not close. False if there are none.</summary>
    internal bool AbortRest()
    {
        var rest = Array.FindAll(Open, static connection => !connection.IsBroken && connection.TryCondemn());
        foreach (var connection in rest) connection.Abort();
        return rest.Length > 0;
    }

    /// <summary>Whether nothing is waited for any more, for good. Under the lock.</summary>
    private bool TryLeave()
    {
        if (_connections.Count > 0 || _held.Count > 0 || _leave == LeaveRequest.None) return false;
        return _left = true;
    }

    private static ServerCounters Of(Connection connection) => new(
        Shed: connection.MakesRoom ? 1 : 0,
        Abandoned: connection.ResponsesAbandoned,
        BytesReceived: connection.BytesReceived,
        BytesSent: connection.BytesSent,
        Requests: connection.RequestsServed - connection.RequestsServedBefore,
        NewTime: connection.TimeIn(ConnectionState.New),
        ActiveTime: connection.TimeIn(ConnectionState.Active),
        IdleTime: connection.TimeIn(ConnectionState.Idle));
}
