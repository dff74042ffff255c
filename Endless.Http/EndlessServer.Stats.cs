using Endless.Http.Restart;

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
            return new(
                states.GetValueOrDefault(Http.ConnState.New), states.GetValueOrDefault(Http.ConnState.Active), states.GetValueOrDefault(Http.ConnState.Idle),
                counters.Accepted, counters.HandedOver, counters.Dropped, counters.Requests, counters.BytesReceived, counters.BytesSent, AcceptQueue);
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
