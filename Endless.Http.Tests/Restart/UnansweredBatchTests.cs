using System.Net.Sockets;
using System.Text;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.Sockets;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Restart;

/// <summary>Connections that a next generation was given, and does not answer for as it should: nobody reads them beside it.</summary>
public sealed class UnansweredBatchTests : IDisposable
{
    private readonly FakeHost _host = new();
    private readonly LogRecorder _log = new();
    private readonly HandOverOrigin _origin = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly TransportFixture _old = new(connection => LineProtocol.ServeAsync(connection, "old"));
    private Successor? _successor;
    private FakeChild? _child;

    public void Dispose()
    {
        _child?.Exit(0);
        _successor?.Forget();
        _old.Dispose();
    }

    [Fact]
    public async Task A_count_that_is_not_the_batchs_is_not_served_here_while_the_child_lives()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TimeSpan.Zero);
        _child!.Parent.Send(new AdoptedMessage([true, true], 1));
        await StaysWithTheChildAsync(client, taken);
    }

    [Fact]
    public async Task A_count_that_is_not_the_batchs_is_served_here_once_the_child_is_dead()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TransportFixture.Deadline);
        _child!.Parent.Send(new AdoptedMessage([true, true], 1));
        await NobodyListensAsync();
        await DiesAsync(taken);
        await ComesBackAsync(client);
    }

    /// <summary>It may have answered before, in charge, have handed them to a next generation, and have ended: its death says nothing of who reads them.</summary>
    [Fact]
    public async Task What_a_child_in_charge_was_given_is_not_served_here_after_nonsense()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TransportFixture.Deadline);
        _successor!.AllowPassingOn();
        _child!.Parent.SendRaw("this is nonsense, not a frame"u8);
        _child.Exit(0);
        await _origin.NextAsync(moved: true);
        await ServesAsync(client, taken);
        await _log.WaitForAsync("Generation 2 (pid 2001) did not answer for 1 connection(s)");
    }

    [Fact]
    public async Task What_a_child_in_charge_was_given_that_dies_without_a_word_is_served_here()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TransportFixture.Deadline);
        _successor!.AllowPassingOn();
        await DiesAsync(taken);
        await ComesBackAsync(client);
    }

    [Fact]
    public async Task What_a_child_was_given_that_closes_its_channel_is_not_served_here_while_it_lives()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TimeSpan.Zero);
        _child!.Parent.Dispose();
        await StaysWithTheChildAsync(client, taken);
    }

    [Fact]
    public async Task What_a_child_was_given_that_dies_without_a_word_is_served_here()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TransportFixture.Deadline);
        await DiesAsync(taken);
        await ComesBackAsync(client);
    }

    [Fact]
    public async Task What_a_child_was_given_that_is_given_up_alive_is_not_served_here()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TransportFixture.Deadline);
        _successor!.Forget();
        await StaysWithTheChildAsync(client, taken);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_count_as_no_answer()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TimeSpan.Zero);
        _child!.Parent.SendRaw("this is nonsense, not a frame"u8);
        await StaysWithTheChildAsync(client, taken);
    }

    [Fact]
    public async Task What_comes_after_the_child_could_not_be_understood_stays_at_once()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TransportFixture.Deadline);
        _child!.Parent.Send(new AdoptedMessage([true, true], 1));
        await NobodyListensAsync();
        var late = await OfferOneAsync();
        (await _origin.NextAsync(moved: false)).Resume();
        Assert.Equal("old 2 again\n", await LineProtocol.ExchangeAsync(late, "again\n"));
        await DiesAsync(taken);
        await ComesBackAsync(client);
    }

    [Fact]
    public async Task A_second_answer_to_a_batch_changes_nothing()
    {
        var (client, taken) = await HandOverOneAsync(endTime: TimeSpan.Zero);
        _child!.Parent.Send(new AdoptedMessage([true], 1));
        await _origin.NextAsync(moved: true);
        _child.Parent.Send(new AdoptedMessage([false], 1));
        await ServesAsync(client, taken);
        var next = await OfferOneAsync();
        taken = Receive(batch: 2);
        _child.Parent.Send(new AdoptedMessage([true], 2));
        await _origin.NextAsync(moved: true);
        await ServesAsync(next, taken);
    }

    /// <summary>A connection that the child has, and the child's descriptor of it.</summary>
    private async Task<(Socket Client, Socket Taken)> HandOverOneAsync(TimeSpan endTime)
    {
        _successor = new Successor(_host, new GenerationInfo(2, 1, 0, default), Tell, () => _log) { EndTime = endTime };
        _successor.Start([], _old.Group);
        _child = _host.NextChild();
        _child.SayReady();
        Assert.True(await _ready.WaitAsync(TransportFixture.Deadline));
        var client = await OfferOneAsync();
        return (client, Receive(batch: 1));
    }

    private async Task<Socket> OfferOneAsync()
    {
        var client = await _old.ConnectAsync();
        Assert.Equal("old 1 hello\n", await LineProtocol.ExchangeAsync(client, "hello\n"));
        foreach (var connection in _old.Live) connection.RequestLeave(LeaveRequest.HandOver);
        var (left, outcome) = await _old.NextEndAsync();
        Assert.Equal(ConnectionOutcome.HandOver, outcome);
        _successor!.HandOver!.Offer(_origin, (SocketConnection)left);
        return client;
    }

    private Socket Receive(int batch)
    {
        while (true)
        {
            var message = _child!.Parent.Receive(out var descriptors);
            if (message is not HandOverMessage handOver)
            {
                Assert.NotNull(message);
                continue;
            }
            Assert.Equal(batch, handOver.Batch);
            return new Socket(new SafeSocketHandle(Assert.Single(descriptors), ownsHandle: true));
        }
    }

    private async Task StaysWithTheChildAsync(Socket client, Socket taken)
    {
        await _origin.NextAsync(moved: true);
        Assert.False(_child!.Exited.IsCompleted);
        await ServesAsync(client, taken);
        await _log.WaitForAsync("Generation 2 (pid 2001) did not answer for 1 connection(s) that it was given, and cannot be spoken with any more");
    }

    private async Task ComesBackAsync(Socket client)
    {
        var connection = await _origin.NextAsync(moved: false);
        Assert.True(_child!.Exited.IsCompleted);
        connection.Resume();
        Assert.Equal("old 2 again\n", await LineProtocol.ExchangeAsync(client, "again\n"));
        Assert.DoesNotContain(_log.Entries, entry => entry.Message.Contains("did not answer for"));
    }

    /// <summary>The child serves the client, with nobody beside it who takes its bytes.</summary>
    private static async Task ServesAsync(Socket client, Socket taken)
    {
        await client.SendAsync("again\n"u8.ToArray());
        var buffer = new byte[100];
        var count = await taken.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline);
        Assert.Equal("again\n", Encoding.ASCII.GetString(buffer, 0, count));
        taken.Dispose();
    }

    /// <summary>Its parent has closed the channel.</summary>
    private Task NobodyListensAsync() => Task.Run(() =>
    {
        while (_child!.Parent.Receive() is not null)
        {
        }
    }).WaitAsync(TransportFixture.Deadline);

    private Task DiesAsync(Socket taken)
    {
        taken.Dispose();
        _child!.Exit(9);
        return _child.Exited;
    }

    private void Tell(GenerationEvent happened)
    {
        if (happened is GenerationEvent.SuccessorIsReady) _ready.Release();
    }
}
