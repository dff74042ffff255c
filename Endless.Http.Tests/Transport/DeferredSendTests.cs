using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using Endless.Http.Connections;
using Endless.Http.Loops;
using Xunit.Abstractions;

namespace Endless.Http.Tests.Transport;

/// <summary>Responses that leave at the end of the loop's turn.</summary>
public sealed class DeferredSendTests(ITestOutputHelper output)
{
    private const int Clients = 32;
    private const int LargeSize = 4_000_000;

    private TransportFixture? _server;
    private int _left;

    /// <summary>Also where an engine blocks the loop meanwhile, the socket is full, and a client sends on without waiting.</summary>
    [Fact]
    public async Task Every_byte_that_an_idle_engine_left_arrives()
    {
        const int Seed = 20_261_130;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        using var server = _server = new TransportFixture(ServeAsync, loops: 1);
        var clients = new List<Socket>();
        for (var i = 0; i < Clients; i++) clients.Add(await server.ConnectAsync());
        for (var round = 0; round < 150; round++)
        {
            var sent = clients.ConvertAll(_ => random.Next(2_000) switch { < 10 => "b", < 20 => "l", < 300 => "12", _ => "1" });
            for (var i = 0; i < Clients; i++)
                foreach (var letter in sent[i]) await clients[i].SendAsync(new[] { (byte)letter }); // each may be an event of its own
            for (var i = 0; i < Clients; i++) Assert.Equal(sent[i], await AnswerAsync(clients[i], sent[i]));
        }
        foreach (var client in clients) client.Shutdown(SocketShutdown.Send);
        foreach (var _ in clients) Assert.Equal(ConnectionOutcome.Close, (await server.NextEndAsync()).Outcome);
        Assert.InRange(_left, 1, int.MaxValue);
    }

    [Fact]
    public void Responses_leave_together_where_events_take_long_and_there_are_several()
    {
        var pace = new TurnPace();
        Turn(events: 8, TimeSpan.Zero);
        Assert.False(Next(events: 8));
        for (var i = 0; i < 8; i++) Turn(events: 8, TimeSpan.FromMilliseconds(1));
        Assert.True(Next(events: 8));
        Assert.False(Next(events: 1));
        for (var i = 0; i < 100; i++) Turn(events: 1000, TimeSpan.Zero);
        Assert.False(Next(events: 8));

        void Turn(int events, TimeSpan time)
        {
            pace.Begin(events);
            Spin(time);
            pace.End();
        }

        bool Next(int events)
        {
            pace.Begin(events);
            return pace.IsLong;
        }
    }

    /// <summary>Race: the engine went on before its turn was over. What it writes now is its own to send, and it may be writing.</summary>
    [Fact]
    public async Task The_end_of_the_turn_leaves_an_engine_alone_that_awaits_a_read()
    {
        using var server = new TransportFixture(async connection =>
        {
            connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.End);
            connection.Output.Write("a"u8);
            var reading = connection.Input.ReadAsync();
            ((IThreadPoolWorkItem)connection.Output).Execute();
            Assert.Equal(1, connection.Output.UnflushedBytes);
            await connection.Output.WriteAsync("b"u8.ToArray());
            connection.Input.AdvanceTo((await reading).Buffer.End);
            return ConnectionOutcome.Close;
        });
        var client = await server.ConnectAsync();
        await client.SendAsync("1"u8.ToArray());
        Assert.Equal("ab", await AnswerAsync(client, "12"));
        await client.SendAsync("2"u8.ToArray());
        Assert.Equal(ConnectionOutcome.Close, (await server.NextEndAsync()).Outcome);
    }

    private async Task<ConnectionOutcome> ServeAsync(Connection connection)
    {
        if (connection.Output.UnflushedBytes > 0) await connection.Output.FlushAsync();
        while (connection.Input.TryRead(out var read))
        {
            foreach (var letter in read.Buffer.ToArray())
            {
                Spin(TimeSpan.FromMicroseconds(60));
                if (letter == 'b') BlockLoop();
                connection.Output.Write([letter]);
                if (letter == 'l') connection.Output.Write(new byte[LargeSize]);
            }
            connection.Input.AdvanceTo(read.Buffer.End);
            if (!read.IsCompleted) continue;
            await connection.Output.FlushAsync();
            return ConnectionOutcome.Close;
        }
        if (connection.Output.UnflushedBytes == 0) return ConnectionOutcome.Idle;
        if (connection.SendsWhileIdle) Interlocked.Increment(ref _left);
        else await connection.Output.FlushAsync();
        return ConnectionOutcome.Idle;
    }

    /// <summary>Holds the thread until the loop has moved on from it; an engine that is off the loop by then waits in vain, for a second.</summary>
    private void BlockLoop()
    {
        var rescues = _server!.Group.Monitor.Rescues;
        SpinWait.SpinUntil(() => _server.Group.Monitor.Rescues != rescues, TimeSpan.FromSeconds(1));
    }

    private static void Spin(TimeSpan time)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;) Thread.SpinWait(10);
    }

    private static async Task<string> AnswerAsync(Socket client, string sent)
    {
        var answer = new byte[sent.Length + (sent == "l" ? LargeSize : 0)];
        for (var received = 0; received < answer.Length;)
        {
            var count = await client.ReceiveAsync(answer.AsMemory(received)).AsTask().WaitAsync(TransportFixture.Deadline);
            if (count == 0) return "closed";
            received += count;
        }
        return System.Text.Encoding.ASCII.GetString(answer, 0, sent.Length);
    }
}
