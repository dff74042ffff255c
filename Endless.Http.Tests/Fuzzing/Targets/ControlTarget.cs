using System.Text;
using Endless.Http.Channels;
using Endless.Http.Metrics;
using Endless.Http.Native;
using Endless.Http.Supervision;
using Endless.Http.Systemd;
using Endless.Http.Tests.Fuzzing.Coverage;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// What processes say to each other: frames of the control channel with the counters in them, the kernel's ancillary data, and datagrams to a service manager. Nothing but what is documented is thrown, what was
/// understood is understood again when it is said again, and nobody reads more than there is.
/// </summary>
internal sealed class ControlTarget : FuzzTarget
{
    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Messages().Select(ControlCodec.Encode), .. Texts("READY=1\nMAINPID=12\nSTATUS=x", "FDSTORE=1\nFDNAME=a"), Rights(3), Rights(0)];

    public override IReadOnlyList<byte[]> Words { get; } = [.. Texts("ENDL", "READY=1", "MAINPID=", "FDSTOREREMOVE=1", "\n", "127.0.0.1:0"), [255, 255, 255, 255], [255, 255, 255, 127], [1, 0, 0, 0], [0, 0, 0, 0], [0xc3], [0xed, 0xa0, 0x80], [20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]];

    public override long MaxWork(int length) => 1_000 + 50L * length;

    public override long MaxAllocated(int length) => 30_000 + 500L * length;

    public override void Run(byte[] input)
    {
        ReadFrames(input);
        ReadAncillary(input);
        ReadDatagram(Encoding.UTF8.GetString(input));
        ReadCounters(input);
    }

    private static void ReadFrames(ReadOnlyMemory<byte> input)
    {
        while (input.Length >= ControlCodec.HeaderBytes)
        {
            ControlMessage message;
            try
            {
                var (type, length) = ControlCodec.DecodeHeader(input.Span);
                Assert.InRange(length, 0, ControlCodec.MaxPayloadBytes);
                if (length > input.Length - ControlCodec.HeaderBytes) return;
                message = ControlCodec.Decode(type, input.Slice(ControlCodec.HeaderBytes, length));
                input = input[(ControlCodec.HeaderBytes + length)..];
            }
            catch (InvalidDataException)
            {
                return;
            }
            if (message is UnknownMessage) continue;
            if (message is CountersMessage { Counters: var counters }) ReadCounters(counters);
            var said = ControlCodec.Encode(message);
            var (saidType, saidLength) = ControlCodec.DecodeHeader(said);
            Assert.Equal(said.Length, ControlCodec.HeaderBytes + saidLength);
            Assert.Equal(said, ControlCodec.Encode(ControlCodec.Decode(saidType, said.AsMemory(ControlCodec.HeaderBytes))));
            if (message is HandOverMessage { Connections: var connections }) AssertSizes(connections, saidLength);
        }
    }

    private static void AssertSizes(IReadOnlyList<HandedConnection> connections, int length) =>
        Assert.Equal(length, 3 * sizeof(int) + connections.Sum(connection => ControlCodec.SizeOf(connection.Server, connection.Unread.Length)));

    private static void ReadAncillary(byte[] input)
    {
        var descriptors = new List<int>();
        AncillaryData.Credentials sender = default;
        AncillaryData.Parse(input, descriptors, ref sender);
        Assert.InRange(descriptors.Count, 0, input.Length / sizeof(int));
    }

    private static void ReadDatagram(string text)
    {
        var message = new ManagerMessage(text.Split('\n'));
        Assert.True(message.MainProcessId is 0 or > 1);
        _ = (message.IsReady, message.IsReloading, message.IsStopping);
        Assert.True(message.Store is null || message.Forget is null);
        Assert.DoesNotContain("MAINPID=", message.Relayed.Split('\n').Select(line => line.Split('=')[0] + "="));
        var own = NotifyMessage.WithStatus("READY=1", text);
        Assert.InRange(Encoding.UTF8.GetByteCount(own), 0, NotifyMessage.MaxBytes);
        Assert.Equal(2, own.Split('\n').Length);
    }

    private static void ReadCounters(ReadOnlyMemory<byte> counters)
    {
        var rows = CounterSnapshot.Rows(counters).ToArray();
        var again = CounterSnapshot.Rows(CounterSnapshot.Encode([], rows)).ToArray();
        Assert.Equal(rows.Length, again.Length);
        foreach (var (row, same) in rows.Zip(again))
        {
            Assert.Equal((row.Name, row.Text), (same.Name, same.Text));
            Assert.Equal(row.Values.Select(BitConverter.DoubleToInt64Bits), same.Values.Select(BitConverter.DoubleToInt64Bits));
        }
    }

    private static IEnumerable<ControlMessage> Messages() =>
    [
        new HelloMessage(ControlCodec.Version, 1), new GenerationInfoMessage(new GenerationInfo(2, 1, 0, "s"u8.ToArray())), new ReadyMessage(), new FailedMessage("why"), new WaitingMessage("a lock"),
        new TakeOverMessage(null), new TakeOverMessage("s"u8.ToArray()), new StateMessage("s"u8.ToArray()), new ReleasedMessage(), new StopMessage(),
        new PassedStatesMessage([new PassedState("a", "s"u8.ToArray()), new PassedState("b", default)]),
        new CountersMessage(3, CounterSnapshot.Encode([], new SnapshotRow("a", "b=\"c\"", [1, 2.5]))),
        new HandOverMessage([new HandedConnection(new ServerIdentity(":80", 1, "n"), 7, "GET"u8.ToArray()), new HandedConnection(new ServerIdentity(":81"), 0, default)], 1),
        new AdoptedMessage([true, false], 1),
    ];

    private static unsafe byte[] Rights(int count)
    {
        var control = new byte[AncillaryData.RightsBytes];
        fixed (byte* start = control)
            return control[..(int)AncillaryData.WriteRights(start, new int[count])];
    }
}
