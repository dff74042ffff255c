using Endless.Http.Transport;

namespace Endless.Http.Restart;

/// <summary>The open connections of one server, and when the last of them has gone. Thread-safe.</summary>
/// <remarks>A hijacked connection is its handler's and no longer here.</remarks>
internal sealed class ConnectionTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Connection> _connections = [];
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LeaveRequest _leave;
    private bool _left;

    /// <summary>Open connections.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
                return _connections.Count;
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
            leave = _leave;
        }
        if (leave != LeaveRequest.None) connection.RequestLeave(leave);
        return true;
    }

    /// <summary>A connection has ended.</summary>
    internal void Remove(Connection connection)
    {
        lock (_lock)
            if (!_connections.Remove(connection.Id) || _connections.Count > 0 || _leave == LeaveRequest.None) return;
            else _left = true;
        _emptied.TrySetResult();
    }

    /// <summary>Asks every connection to leave, once nothing is accepted any more. How many there were.</summary>
    internal int Leave(LeaveRequest request)
    {
        Connection[] connections;
        lock (_lock)
        {
            _leave = request;
            connections = [.. _connections.Values];
            _left = connections.Length == 0;
        }
        foreach (var connection in connections)
            connection.RequestLeave(request);
        if (connections.Length == 0) _emptied.TrySetResult();
        return connections.Length;
    }

    /// <summary>Ends every connection now. How many there were.</summary>
    internal int AbortAll()
    {
        Connection[] connections;
        lock (_lock)
            connections = [.. _connections.Values];
        foreach (var connection in connections)
            connection.Abort();
        return connections.Length;
    }
}
