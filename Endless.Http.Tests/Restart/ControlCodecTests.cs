using System.Buffers.Binary;
using Endless.Http.Channels;

namespace Endless.Http.Tests.Restart;

public class ControlCodecTests
{
    private static readonly ControlMessage[] Messages =
    [
        new HelloMessage(1, 4711),
        new ReadyMessage(),
        new FailedMessage("Cannot listen on :80: Permission denied."),
        new FailedMessage(""),
        new FailedMessage("ünïcode ✓"),
    ];

    public static TheoryData<int> MessageIndexes => [.. Enumerable.Range(0, Messages.Length)];

    private static ControlMessage RoundTrip(ControlMessage message, int appended = 0)
    {
        var frame = ControlCodec.Encode(message);
        var (type, length) = ControlCodec.DecodeHeader(frame);
        Assert.Equal(frame.Length - ControlCodec.HeaderBytes, length);
        return ControlCodec.Decode(type, (byte[])[.. frame[ControlCodec.HeaderBytes..], .. new byte[appended]]);
    }

    [Theory]
    [MemberData(nameof(MessageIndexes))]
    public void Every_message_survives_the_wire(int index) => Assert.Equal(Messages[index], RoundTrip(Messages[index]));

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public void Generation_info_carries_its_counters_and_a_state_of_up_to_a_mebibyte(int stateBytes)
    {
        var state = new byte[stateBytes];
        new Random(7).NextBytes(state);
        var info = Assert.IsType<GenerationInfoMessage>(RoundTrip(new GenerationInfoMessage(new(3, 2, 1, state)))).Info;
        Assert.Equal((3, 2, 1), (info.Number, info.Restarts, info.Failures));
        Assert.Equal(state, info.State.ToArray());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("left")]
    public void No_last_word_of_the_application_is_not_an_empty_one(string? state)
    {
        var bytes = state is null ? (ReadOnlyMemory<byte>?)null : new ReadOnlyMemory<byte>(System.Text.Encoding.ASCII.GetBytes(state));
        var arrived = Assert.IsType<TakeOverMessage>(RoundTrip(new TakeOverMessage(bytes))).State;
        Assert.Equal(state, arrived is { } there ? System.Text.Encoding.ASCII.GetString(there.Span) : null);
    }

    [Fact]
    public void Passed_states_survive_the_wire_and_are_unknown_to_an_older_version()
    {
        PassedState[] states = [new("endless.cookies", new byte[] { 1, 2 }), new("b", default)];
        var read = Assert.IsType<PassedStatesMessage>(RoundTrip(new PassedStatesMessage(states), appended: 5)).States;
        Assert.Equal(states.Select(state => state.Name), read.Select(state => state.Name));
        Assert.Equal(states.Select(state => state.State.ToArray()), read.Select(state => state.State.ToArray()));
        // A type that no earlier version gave a meaning: those read it as one to ignore.
        Assert.Equal(22, BinaryPrimitives.ReadUInt16LittleEndian(ControlCodec.Encode(new PassedStatesMessage(states)).AsSpan(4)));
    }

    [Theory]
    [InlineData("FFFFFF7F")]
    [InlineData("01000000")]
    [InlineData("01000000" + "05000000" + "61")]
    [InlineData("01000000" + "01000000" + "61" + "FFFFFFFF")]
    public void Passed_states_shorter_than_they_say_are_refused(string payload) =>
        Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(22, Convert.FromHexString(payload)));

    [Fact]
    public void Fields_that_a_later_version_appends_are_ignored()
    {
        Assert.Equal(new HelloMessage(9, 1), RoundTrip(new HelloMessage(9, 1), appended: 5));
        Assert.IsType<GenerationInfoMessage>(RoundTrip(new GenerationInfoMessage(GenerationInfo.First), appended: 5));
        Assert.Equal(new ReadyMessage(), RoundTrip(new ReadyMessage(), appended: 5));
    }

    [Fact]
    public void An_unknown_type_is_a_message_to_ignore() =>
        Assert.Equal(new UnknownMessage(77), ControlCodec.Decode(77, new byte[10]));

    [Fact]
    public void A_long_reason_is_cut()
    {
        var reason = Assert.IsType<FailedMessage>(RoundTrip(new FailedMessage(new string('x', 100_000)))).Reason;
        Assert.Equal(new string('x', 4096), reason);
    }

    [Theory]
    [InlineData("474554202F204854")] // GET / HT
    [InlineData("01002000" + "0100" + "0000")] // one byte over the longest payload
    [InlineData("FFFFFFFF" + "0100" + "0000")]
    [InlineData("00000000" + "0100" + "0100")] // the reserved field is not zero
    public void A_header_of_another_protocol_is_refused(string header) =>
        Assert.Throws<InvalidDataException>(() => ControlCodec.DecodeHeader(Convert.FromHexString(header)));

    [Theory]
    [InlineData("")]
    [InlineData("454E44")]
    [InlineData("454E444C01000000")] // no pid
    [InlineData("58585858" + "01000000" + "01000000")] // other magic
    public void A_hello_of_another_protocol_is_refused(string payload) =>
        Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(1, Convert.FromHexString(payload)));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_state_longer_than_its_message_is_refused(int length)
    {
        var payload = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(12), length);
        Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(2, payload));
    }

    [Fact]
    public void Random_bytes_are_a_message_or_invalid_data_and_nothing_else()
    {
        const int Seed = 20251122;
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var payload = new byte[random.Next(40)];
            random.NextBytes(payload);
            try
            {
                ControlCodec.Decode((ushort)random.Next(6), payload);
            }
            catch (InvalidDataException)
            {
                // one of the two allowed answers
            }
        }
    }

    /// <summary>What a batch is filled by: a message of so many bytes is read, and one byte more is not sent.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(253)]
    public void Connections_of_the_most_bytes_are_read_and_one_byte_more_is_not_sent(int count)
    {
        var server = new ServerIdentity("unix:/tmp/\u00e4.sock", 7, "n\u00e4me");
        var each = (int)(ControlCodec.MaxConnectionsBytes / count - ControlCodec.SizeOf(server, 0));
        var connections = Enumerable.Range(0, count).Select(_ => new HandedConnection(server, 1, new byte[each])).ToList();
        var rest = ControlCodec.MaxConnectionsBytes - count * ControlCodec.SizeOf(server, each);
        connections[0] = connections[0] with { Unread = new byte[each + rest] };
        var message = new HandOverMessage(connections, 3);
        Assert.Equal(ControlCodec.HeaderBytes + ControlCodec.MaxPayloadBytes, ControlCodec.Encode(message).Length);
        var read = Assert.IsType<HandOverMessage>(RoundTrip(message));
        Assert.Equal(3, read.Batch);
        Assert.All(read.Connections, connection => Assert.Equal(server, connection.Server));
        connections[0] = connections[0] with { Unread = new byte[each + rest + 1] };
        Assert.Throws<ArgumentException>(() => ControlCodec.Encode(message));
    }

    [Fact]
    public void Counters_too_large_to_be_read_are_left_out_and_the_connections_stay()
    {
        const int Most = ControlCodec.MaxPayloadBytes - sizeof(int);
        Assert.Equal(Most, Assert.IsType<CountersMessage>(RoundTrip(new CountersMessage(5, new byte[Most]))).Counters.Length);
        var read = Assert.IsType<CountersMessage>(RoundTrip(new CountersMessage(5, new byte[Most + 1])));
        Assert.Equal((5, 0), (read.Connections, read.Counters.Length));
    }

    [Fact]
    public void A_state_too_large_to_be_read_is_not_sent() =>
        Assert.Throws<ArgumentException>(() => ControlCodec.Encode(new GenerationInfoMessage(GenerationInfo.First with { State = new byte[ControlCodec.MaxPayloadBytes] })));

    [Fact]
    public void A_batch_and_its_answer_carry_a_number_that_an_old_version_does_not_send()
    {
        Assert.Equal(9, Assert.IsType<AdoptedMessage>(RoundTrip(new AdoptedMessage([true, false], 9))).Batch);
        var old = Assert.IsType<AdoptedMessage>(ControlCodec.Decode(6, new byte[] { 2, 0, 0, 0, 1, 0 }));
        Assert.Equal([true, false], old.Taken);
        Assert.Equal(0, old.Batch);
    }
}
