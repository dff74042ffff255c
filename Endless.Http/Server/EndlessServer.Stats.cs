using Endless.Http.Generations;



namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>The open connections now, oldest first; those that a handler took over are not among them. Made anew at each call: not for a hot path. Thread-safe.</summary>
    public IReadOnlyList<ConnectionSnapshot> Connections => [.. _connections.Open.OrderBy(connection => connection.Id).Select(connection => ConnectionSnapshot.Of(connection, _tls != null))];

    /// <summary>What the server has done so far, and what it is doing. Made anew at each call: not for a hot path. Thread-safe.</summary>
    public ServerStats Stats
    {
        get
        {
            var states = _connections.States;
            var counters = ((IGenerationMember)this).Counters;
            return new()
            {
                New = states.GetValueOrDefault(Http.ConnectionState.New),
                Active = states.GetValueOrDefault(Http.ConnectionState.Active),
                Idle = states.GetValueOrDefault(Http.ConnectionState.Idle),
                Accepted = counters.Accepted,
                HandedOver = counters.HandedOver,
                Dropped = counters.Dropped,
                Shed = counters.Shed,
                Abandoned = counters.Abandoned,
                Requests = counters.Requests,
                BytesReceived = counters.BytesReceived,
                BytesSent = counters.BytesSent,
                AcceptQueue = AcceptQueue,
            };
        }
    }

    private int? AcceptQueue
    {
        get
        {
            lock (_lock)
                return _socket?.QueueLength; // under the lock that it is closed under
        }
    }
}
