using System.Collections.Concurrent;
using System.Net.Sockets;
using Endless.Http.Connections;
using Endless.Http.Workers;

namespace Endless.Http.Tests.Transport;

/// <summary>Everything at once: flows that block, hop to other threads, yield, and are cancelled from outside. No byte may be lost and nobody may sleep for ever.</summary>
public class TransportStressTests
{
    private const int Clients = 24;
    private const int Exchanges = 150;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task NoWakeUpIsLost(int seed)
    {
        var live = new ConcurrentDictionary<long, Connection>();
        using var server = new TransportFixture(connection => ServeAsync(connection, new Random(seed * 1000 + (int)connection.Id)));
        server.Accepted = connection => live[connection.Id] = connection;

        using var stop = new CancellationTokenSource();
        var meddler = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (var connection in live.Values) connection.Input.CancelPendingRead();
                await Task.Yield();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => RunClientAsync(server, new Random(seed * 77 + i)))))
            .WaitAsync(TransportFixture.Deadline * 2);
        stop.Cancel();
        await meddler;
    }

    /// <summary>The bytes of a fresh connection may be there before the acceptor is done with it: its flow then runs on another loop at the same time.</summary>
    [Fact]
    public async Task FreshConnectionsThatSpeakAtOnceAreAllServed()
    {
        using var server = new TransportFixture(TransportFixture.EchoAsync);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var answer = new byte[5];
            for (var i = 0; i < 400; i++)
            {
                using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await client.ConnectAsync(server.Socket.LocalEndPoint!);
                await client.SendAsync("hello"u8.ToArray());
                Assert.Equal(5, await client.ReceiveAsync(answer));
            }
        }))).WaitAsync(TransportFixture.Deadline * 2);
    }

    private static async Task<ConnectionOutcome> ServeAsync(Connection connection, Random random)
    {
        while (true)
        {
            connection.ReadDeadline = Environment.TickCount64 + 60_000;
            var read = await connection.Input.ReadAsync();
            foreach (var block in read.Buffer)
            {
                block.Span.CopyTo(connection.Output.GetSpan(block.Length));
                connection.Output.Advance(block.Length);
            }
            connection.Input.AdvanceTo(read.Buffer.End);
            switch (random.Next(100))
            {
                case < 2: Thread.Sleep(random.Next(25)); break;
                case < 10: await Task.Yield(); break;
                case < 20: await connection.YieldAsync(); break;
                case < 25: await new WorkerSwitch(connection.Workers!, site: null); break;
            }
            await connection.Output.FlushAsync();
            if (read.IsCompleted) return ConnectionOutcome.Close;
        }
    }

    private static async Task RunClientAsync(TransportFixture server, Random random)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(server.Socket.LocalEndPoint!);
        var sent = new byte[120_000];
        var received = new byte[120_000];
        for (var i = 0; i < Exchanges; i++)
        {
            var length = random.Next(10) == 0 ? random.Next(1, sent.Length) : random.Next(1, 200);
            random.NextBytes(sent.AsSpan(0, length));
            var sending = client.SendAsync(sent.AsMemory(0, length));
            for (var n = 0; n < length;)
            {
                var got = await client.ReceiveAsync(received.AsMemory(n, length - n));
                Assert.NotEqual(0, got);
                n += got;
            }
            await sending;
            Assert.True(sent.AsSpan(0, length).SequenceEqual(received.AsSpan(0, length)));
        }
    }
}
