using Endless.Http.Channels;
using Endless.Http.Native;
using Endless.Http.Tests.Native;

namespace Endless.Http.Tests.Restart;

public class ControlChannelTests : IDisposable
{
    private readonly ControlChannel _here;
    private readonly ControlChannel _there;

    public ControlChannelTests()
    {
        var (own, childs) = ControlChannel.CreatePair();
        _here = new ControlChannel(own);
        _there = new ControlChannel(childs);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public void Messages_arrive_in_order()
    {
        Assert.True(_here.Send(new HelloMessage(1, 2)));
        Assert.True(_here.Send(new ReadyMessage()));
        Assert.Equal(new HelloMessage(1, 2), _there.Receive());
        Assert.Equal(new ReadyMessage(), _there.Receive());
    }

    [Fact]
    public async Task A_message_larger_than_the_socket_holds_arrives_whole()
    {
        var state = new byte[1 << 20];
        Array.Fill(state, (byte)7);
        var sending = Task.Run(() => _here.Send(new GenerationInfoMessage(new(2, 1, 0, state))));
        var info = Assert.IsType<GenerationInfoMessage>(_there.Receive()).Info;
        Assert.Equal(state, info.State.ToArray());
        Assert.True(await sending);
    }

    [Fact]
    public void What_was_sent_before_the_peer_closed_is_still_received_and_then_the_end()
    {
        _here.Send(new FailedMessage("why"));
        _here.Dispose();
        Assert.Equal(new FailedMessage("why"), _there.Receive());
        Assert.Null(_there.Receive());
        Assert.False(_there.Send(new ReadyMessage()));
    }

    /// <summary>The peer died while it handed over connections: were they kept here, their clients would wait for ever.</summary>
    [Fact]
    public void Descriptors_of_half_a_message_are_closed()
    {
        using var pair = new SocketPair();
        var frame = ControlCodec.Encode(new HandOverMessage([new HandedConnection(new(":8080"), 0, default)]));
        Assert.Equal(frame.Length - 1, DescriptorMessage.Send(_here.Socket, frame.AsSpan(..^1), [pair.Near]));
        _ = Libc.close(pair.Near);
        _here.Dispose();
        Assert.Equal(-Errno.EAGAIN, pair.ReceiveFromNear());
        Assert.Null(_there.Receive(out var descriptors));
        Assert.Empty(descriptors);
        Assert.Equal(0, pair.ReceiveFromNear());
    }

    [Fact]
    public async Task Dispose_wakes_a_waiting_receive()
    {
        var receiving = Task.Run(_here.Receive);
        Assert.False(_here.WaitToReceive(50));
        _here.Dispose();
        Assert.Null(await receiving.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Bytes_of_another_protocol_are_invalid_data()
    {
        _there.SendRaw("GET / HTTP/1.1\r\n\r\n"u8);
        Assert.Throws<InvalidDataException>(_here.Receive);
    }

    [Fact]
    public void A_message_cut_short_is_the_end()
    {
        _there.SendRaw([5, 0, 0, 0, 4, 0, 0, 0, (byte)'x']);
        _there.Dispose();
        Assert.Null(_here.Receive());
    }
}
