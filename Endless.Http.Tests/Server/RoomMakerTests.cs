using Endless.Http.Draining;
using Endless.Http.Tests.Protocols;

namespace Endless.Http.Tests.Server;

/// <summary>Which connections are asked to make room, and what it costs to find them.</summary>
public sealed class RoomMakerTests
{
    /// <summary>Connections in these states, each since a moment after the one before.</summary>
    private static async Task<List<MemoryConnection>> InOrderAsync(params ConnectionState[] states)
    {
        var connections = new List<MemoryConnection>();
        foreach (var state in states)
        {
            var before = Environment.TickCount64;
            await Endless.Http.Load.Deadline.UntilAsync(() => Environment.TickCount64 > before, "the clock has moved");
            var connection = new MemoryConnection();
            connection.SetState(state);
            connections.Add(connection);
        }
        return connections;
    }

    private static int[] Asks(IEnumerable<MemoryConnection> connections) => [.. connections.Select(connection => connection.RoomAsks)];

    [Fact]
    public async Task Who_has_waited_longest_is_asked_first_whether_it_was_served_before_or_not()
    {
        var connections = await InOrderAsync(ConnectionState.New, ConnectionState.Idle, ConnectionState.New, ConnectionState.Idle);
        connections.Reverse();
        var room = new RoomMaker(() => connections);
        Assert.Equal(1, room.MakeRoom(1));
        Assert.Equal([0, 0, 0, 1], Asks(connections));
        Assert.Equal(2, room.MakeRoom(2));
        Assert.Equal([0, 1, 1, 1], Asks(connections));
    }

    [Fact]
    public async Task One_that_has_a_request_under_way_is_never_asked_and_one_within_a_head_is()
    {
        var connections = await InOrderAsync(ConnectionState.Active, ConnectionState.Active, ConnectionState.Hijacked, ConnectionState.Closed);
        connections[1].IsWithinHead = true;
        Assert.Equal(1, new RoomMaker(() => connections).MakeRoom(10));
        Assert.Equal([0, 1, 0, 0], Asks(connections));
    }

    [Fact]
    public async Task One_that_was_served_since_it_was_noted_is_not_asked()
    {
        var connections = await InOrderAsync(ConnectionState.Idle, ConnectionState.Idle, ConnectionState.Idle);
        var room = new RoomMaker(() => connections);
        Assert.Equal(1, room.MakeRoom(1));
        var before = Environment.TickCount64;
        await Endless.Http.Load.Deadline.UntilAsync(() => Environment.TickCount64 > before, "the clock has moved");
        connections[1].SetState(ConnectionState.Active);
        connections[1].SetState(ConnectionState.Idle);
        Assert.Equal(1, room.MakeRoom(1));
        Assert.Equal([1, 0, 1], Asks(connections));
    }

    [Fact]
    public async Task None_is_asked_twice()
    {
        var connections = await InOrderAsync(ConnectionState.Idle, ConnectionState.New);
        var room = new RoomMaker(() => connections);
        Assert.Equal(2, room.MakeRoom(10));
        Assert.Equal(0, room.MakeRoom(10));
        Assert.Equal([1, 1], Asks(connections));
    }

    [Fact]
    public void All_connections_are_looked_through_once_for_many_that_come()
    {
        const int Count = 4_000;
        var looks = 0;
        var connections = Enumerable.Range(0, Count).Select(_ => new MemoryConnection()).ToList();
        var room = new RoomMaker(() =>
        {
            looks++;
            return connections;
        });
        for (var i = 0; i < Count / 8; i++) Assert.Equal(1, room.MakeRoom(1));
        Assert.Equal(1, looks);
        Assert.Equal(Count / 8, connections.Sum(connection => connection.RoomAsks));
    }

    [Fact]
    public void Where_nobody_can_make_room_it_is_not_looked_for_at_each_accept()
    {
        var looks = 0;
        var room = new RoomMaker(() =>
        {
            looks++;
            return [];
        });
        var before = Environment.TickCount64;
        for (var i = 0; i < 1_000; i++) Assert.Equal(0, room.MakeRoom(1));
        Assert.InRange(looks, 1, 1 + (Environment.TickCount64 - before) / 25 + 1);
    }
}
