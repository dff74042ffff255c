using System.Net.Sockets;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Sockets;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Restart;

/// <summary>Connections between two generations that live in one process: real sockets and a real control channel.</summary>
public sealed class HandOverTests : IDisposable
{
    private readonly HandOverOrigin _origin = new();
    private readonly ControlChannel _parent;
    private readonly ControlChannel _child;
    private readonly HandOverSender _handOver;
    private readonly TransportFixture _old;
    private readonly TransportFixture _new;

    public HandOverTests()
    {
        var (own, childs) = ControlChannel.CreatePair();
        _parent = new ControlChannel(own);
        _child = new ControlChannel(childs);
        _old = new TransportFixture(connection => LineProtocol.ServeAsync(connection, "old"));
        _handOver = new HandOverSender(_parent, _old.Group);
        _handOver.Start();
        new Thread(Answer) { IsBackground = true }.Start();
        _new = new TransportFixture(connection => LineProtocol.ServeAsync(connection, "new"));
    }

    [Fact]
    public async Task Connections_move_with_their_unread_bytes_and_counters()
    {
        AdoptAll();
        var clients = await ConnectAsync(300);
        foreach (var client in clients) await client.SendAsync("unfin"u8.ToArray());
        await HandOverAllAsync(clients.Count, unread: 5);
        for (var i = 0; i < clients.Count; i++) await _origin.NextAsync(moved: true);
        foreach (var client in clients) Assert.Equal("new 2 unfinished\n", await LineProtocol.ExchangeAsync(client, "ished\n"));
    }

    [Fact]
    public async Task What_the_new_generation_refuses_stays_and_is_served_on()
    {
        Adopt((message, descriptors) =>
        {
            foreach (var descriptor in descriptors) _ = Endless.Http.Native.Libc.close(descriptor);
            return new SocketConnection?[message.Connections.Count];
        });
        var clients = await ConnectAsync(3);
        await HandOverAllAsync(3);
        for (var i = 0; i < 3; i++) (await _origin.NextAsync(moved: false)).Resume();
        foreach (var client in clients) Assert.Equal("old 2 again\n", await LineProtocol.ExchangeAsync(client, "again\n"));
    }

    [Fact]
    public async Task What_a_dead_generation_did_not_acknowledge_stays()
    {
        var clients = await ConnectAsync(3);
        var received = Task.Run(() =>
        {
            Assert.IsType<HandOverMessage>(_child.Receive(out var descriptors));
            // It dies with the descriptors in hand, as the kernel would close them.
            foreach (var descriptor in descriptors) _ = Endless.Http.Native.Libc.close(descriptor);
            _child.Dispose();
        });
        await HandOverAllAsync(3);
        await received;
        for (var i = 0; i < 3; i++) (await _origin.NextAsync(moved: false)).Resume();
        foreach (var client in clients) Assert.Equal("old 2 again\n", await LineProtocol.ExchangeAsync(client, "again\n"));
    }

    [Fact]
    public async Task Bytes_that_arrive_during_the_hand_over_are_read_once()
    {
        AdoptAll();
        var clients = await ConnectAsync(20);
        var talking = clients.Select(async client =>
        {
            for (var i = 0; i < 200; i++)
            {
                var answer = await LineProtocol.ExchangeAsync(client, $"line {i}\n");
                Assert.EndsWith($" {i + 2} line {i}\n", answer);
            }
        }).ToArray();
        await HandOverAllAsync(20);
        await Task.WhenAll(talking);
    }

    public void Dispose()
    {
        _child.Dispose();
        _parent.Dispose();
        _old.Dispose();
        _new.Dispose();
    }

    private void AdoptAll() => Adopt((message, descriptors) => [.. message.Connections.Zip(descriptors, (connection, descriptor) =>
        _new.Listener.Adopt(descriptor, connection.Unread.Span, connection.RequestsServed))]);

    private void Adopt(Func<HandOverMessage, IReadOnlyList<int>, SocketConnection?[]> adopt) =>
        new Predecessor(_child, 1).Listen(new PredecessorListener { Adopting = adopt });

    /// <summary>What <see cref="Successor"/> does with what it hears.</summary>
    private void Answer()
    {
        while (_parent.Receive() is { } message)
            if (message is AdoptedMessage adopted) _handOver.TryAnswer(adopted.Taken, adopted.Batch);
        _handOver.Close();
    }

    private async Task<List<Socket>> ConnectAsync(int count)
    {
        var clients = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await _old.ConnectAsync());
            Assert.Equal("old 1 hello\n", await LineProtocol.ExchangeAsync(clients[i], "hello\n"));
        }
        return clients;
    }

    private async Task HandOverAllAsync(int count, int unread = 0)
    {
        foreach (var connection in _old.Live)
            while (connection.BytesReceived < "hello\n".Length + unread) await Task.Yield();
        foreach (var connection in _old.Live) connection.RequestLeave(LeaveRequest.HandOver);
        for (var i = 0; i < count; i++)
        {
            var (connection, outcome) = await _old.NextEndAsync();
            Assert.Equal(ConnectionOutcome.HandOver, outcome);
            _handOver.Offer(_origin, (SocketConnection)connection);
        }
    }
}
