using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.HandOver;
using Endless.Http.Sockets;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Restart;

/// <summary>A server whose connections are handed over, and which remembers what became of each.</summary>
internal sealed class HandOverOrigin : IHandOverOrigin
{
    private readonly SemaphoreSlim _told = new(0);
    private readonly Queue<(SocketConnection Connection, bool Moved)> _fates = new();

    public ServerIdentity Identity => new("127.0.0.1:0");

    public void OnMoved(SocketConnection connection) => Tell(connection, moved: true);

    public void OnStayed(SocketConnection connection)
    {
        connection.RequestLeave(LeaveRequest.Drain);
        Tell(connection, moved: false);
    }

    public async Task<SocketConnection> NextAsync(bool moved)
    {
        Assert.True(await _told.WaitAsync(TransportFixture.Deadline), "No connection's fate was told in time.");
        lock (_fates)
        {
            var fate = _fates.Dequeue();
            Assert.Equal(moved, fate.Moved);
            return fate.Connection;
        }
    }

    private void Tell(SocketConnection connection, bool moved)
    {
        lock (_fates) _fates.Enqueue((connection, moved));
        _told.Release();
    }
}
