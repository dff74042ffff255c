using System.Net.Sockets;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>What a process makes of connections that another one hands it, whatever that sends: each ends as one of a server's or closed, none costs another, and the log says why.</summary>
public sealed class AdoptionTests : IDisposable
{
    private static readonly ServerIdentity Server = new("127.0.0.1:0");

    private readonly LogRecorder _log = new();
    private readonly EventLoopGroup _loops;
    private readonly Target _target;
    private readonly Adoption _adoption;

    public AdoptionTests()
    {
        _loops = new EventLoopGroup(1, _log);
        _target = new Target(_loops);
        _adoption = new Adoption(() => [_target], () => _log);
    }

    public static TheoryData<string> WrongDescriptors => ["file", "closed", "listening", "unconnected", "datagram", "twice"];

    public void Dispose()
    {
        _target.Dispose();
        _loops.Dispose();
    }

    [Theory]
    [MemberData(nameof(WrongDescriptors))]
    public async Task A_descriptor_that_is_no_connection_is_closed_and_costs_no_other(string kind)
    {
        using var first = new SocketPair();
        using var last = new SocketPair();
        var taken = _adoption.Take(Message(3), [first.Near, MakeWrong(kind, first.Near), last.Near]);
        Assert.NotNull(taken[0]);
        Assert.Null(taken[1]);
        Assert.NotNull(taken[2]);
        await _log.WaitForAsync("1 of 3 connection(s) that the generation before handed over were not taken, and stay there: ");
        Close(taken);
    }

    [Fact]
    public async Task A_server_that_throws_costs_no_other_connection()
    {
        using var first = new SocketPair();
        using var last = new SocketPair();
        _target.ThrowsAt = 1;
        var taken = _adoption.Take(Message(2), [first.Near, last.Near]);
        Assert.Null(taken[0]);
        Assert.NotNull(taken[1]);
        await EndAsync(first);
        await _log.WaitForAsync("1 of 2 connection(s) that the generation before handed over were not taken, and stay there: the test's");
        Close(taken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task With_more_or_fewer_descriptors_than_connections_the_first_are_taken(int count)
    {
        var pairs = Enumerable.Range(0, count).Select(_ => new SocketPair()).ToList();
        var taken = _adoption.Take(Message(2), pairs.ConvertAll(pair => pair.Near));
        Assert.Equal(Enumerable.Range(0, 2).Select(i => i < count), taken.Select(connection => connection is not null));
        for (var i = 2; i < count; i++) await EndAsync(pairs[i]);
        await _log.WaitForAsync($"{Math.Max(0, 2 - count)} of 2 connection(s) that the generation before handed over were not taken, and stay there: {count} descriptor(s) came with them");
        Close(taken);
        pairs.ForEach(pair => pair.Dispose());
    }

    [Fact]
    public async Task A_connection_of_another_server_or_without_a_past_is_refused()
    {
        using var other = new SocketPair();
        using var second = new SocketPair();
        using var negative = new SocketPair();
        var taken = _adoption.Take(
            new HandOverMessage([new(new(":8080"), 1, default), new(Server with { Ordinal = 1 }, 1, default), new(Server, -1, default)]), [other.Near, second.Near, negative.Near]);
        Assert.Equal([null, null, null], taken);
        foreach (var pair in (SocketPair[])[other, second, negative]) await EndAsync(pair);
    }

    [Fact]
    public void A_connection_of_an_old_version_goes_to_the_first_server_of_its_address()
    {
        using var pair = new SocketPair();
        using var second = new Target(_loops, Server with { Ordinal = 1 });
        // As version 1 of the library wrote it: the list and nothing behind it.
        var frame = ControlCodec.Encode(new HandOverMessage([new(Server, 5, "x"u8.ToArray())]));
        var payload = frame.AsMemory(ControlCodec.HeaderBytes, 4 + 4 + Server.Address.Length + 8 + 4 + 1);
        var message = Assert.IsType<HandOverMessage>(ControlCodec.Decode(5, payload));
        var taken = new Adoption(() => [second, _target], () => _log).Take(message, [pair.Near]);
        Assert.Equal(1, _target.Adopted);
        Close(taken);
    }

    [Fact]
    public async Task Any_message_with_any_descriptors_ends_with_each_taken_or_closed()
    {
        const int Seed = 20261129;
        var random = new Random(Seed);
        for (var i = 0; i < 10_000; i++)
        {
            var given = Enumerable.Range(0, random.Next(4)).Select(_ => new SocketPair()).ToList();
            var descriptors = given.ConvertAll(pair => pair.Near);
            var wrong = random.Next(5) == 0 ? MakeWrong(random.Next(2) == 0 ? "file" : "unconnected", 0) : -1;
            if (wrong >= 0) descriptors.Insert(random.Next(descriptors.Count + 1), wrong);
            var frame = Mutate(random, ControlCodec.Encode(new HandOverMessage([.. Enumerable.Range(0, random.Next(4)).Select(_ => Connection(random))], random.Next(3))));
            ControlMessage? message = null;
            try
            {
                var (type, _) = ControlCodec.DecodeHeader(frame);
                message = ControlCodec.Decode(type, frame.AsMemory(ControlCodec.HeaderBytes));
            }
            catch (InvalidDataException)
            {
                // Not a message: the channel closes what came with it.
            }
            SocketConnection?[] taken = [];
            if (message is HandOverMessage handOver) taken = _adoption.Take(handOver, descriptors);
            else ControlChannel.CloseAll(descriptors);
            Close(taken);
            foreach (var pair in given)
            {
                await EndAsync(pair, $"case {i}, seed {Seed}");
                pair.Dispose();
            }
        }
        await _log.WaitForAsync("were not taken");
        Assert.InRange(_target.Adopted, 1_000, 100_000);
    }

    [Fact]
    public async Task Any_bytes_on_the_channel_end_the_watch_or_are_ignored()
    {
        const int Seed = 20261130;
        var random = new Random(Seed);
        for (var i = 0; i < 300; i++)
        {
            var (own, childs) = ControlChannel.CreatePair();
            using var parent = new ControlChannel(own);
            var listener = new PredecessorListener { Adopting = _adoption.Take };
            new Predecessor(new ControlChannel(childs), 1).Listen(listener);
            using var pair = new SocketPair();
            var frame = Mutate(random, ControlCodec.Encode(new HandOverMessage([Connection(random)], 1)));
            _ = DescriptorMessage.Send(parent.Socket, frame, [pair.Near]);
            _ = Libc.close(pair.Near);
            parent.Dispose();
            await listener.Gone.WaitAsync(Endless.Http.Load.Deadline.Default);
            foreach (var connection in _target.Taken()) connection.Abort(); // it is its loop's, which may be closing it
            await EndAsync(pair, $"case {i}, seed {Seed}");
        }
    }

    [Fact]
    public async Task A_predecessor_that_cannot_be_understood_sees_the_end_at_once()
    {
        var (own, childs) = ControlChannel.CreatePair();
        using var parent = new ControlChannel(own);
        var listener = new PredecessorListener { Adopting = _adoption.Take };
        new Predecessor(new ControlChannel(childs), 1).Listen(listener);
        using var pair = new SocketPair();
        byte[] oversized = [0, 0, 0x40, 0, 5, 0, 0, 0];
        Assert.Equal(oversized.Length, DescriptorMessage.Send(parent.Socket, oversized, [pair.Near]));
        _ = Libc.close(pair.Near);
        Assert.Contains("is not the start of a message", (await listener.Gone.WaitAsync(Endless.Http.Load.Deadline.Default)).Complaint);
        Assert.Null(await parent.ReceiveAsync().WaitAsync(Endless.Http.Load.Deadline.Default));
        await EndAsync(pair);
    }

    /// <summary>The connection is closed, or will be: a program that another test starts at this moment has a copy until it is executed.</summary>
    private static Task EndAsync(SocketPair pair, string which = "") => Endless.Http.Load.Deadline.UntilAsync(() => pair.ReceiveFromNear() == 0, $"the connection ends {which}");

    private static HandOverMessage Message(int count) => new([.. Enumerable.Range(0, count).Select(_ => new HandedConnection(Server, 1, default))]);

    private static HandedConnection Connection(Random random) =>
        new(random.Next(4) == 0 ? new("another", random.Next(3), "name") : Server with { Ordinal = random.Next(8) / 7 }, random.Next(-1, 20), new byte[random.Next(50)]);

    private static byte[] Mutate(Random random, byte[] frame)
    {
        if (random.Next(3) > 0) return frame;
        for (var i = random.Next(1, 4); i > 0; i--) frame[random.Next(ControlCodec.HeaderBytes, frame.Length)] = (byte)random.Next(256);
        return random.Next(2) == 0 ? frame : frame[..random.Next(ControlCodec.HeaderBytes, frame.Length)];
    }

    private static void Close(SocketConnection?[] taken)
    {
        foreach (var connection in taken) connection?.Close();
    }

    /// <summary>A descriptor that nobody can serve, the caller's until it is given away.</summary>
    private static int MakeWrong(string kind, int good)
    {
        int number;
        switch (kind)
        {
            case "file":
                using (var file = File.OpenHandle("/dev/null")) number = Libc.fcntl((int)file.DangerousGetHandle(), Libc.F_DUPFD_CLOEXEC, 0);
                break;
            case "closed":
                number = 1_000_000;
                break;
            case "listening":
                number = Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
                Assert.Equal(0, Libc.listen(number, 1));
                break;
            case "unconnected":
                number = Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
                break;
            case "datagram":
                number = Libc.socket(Libc.AF_INET, (int)SocketType.Dgram | Libc.SOCK_CLOEXEC, 0);
                break;
            default:
                number = Libc.fcntl(good, Libc.F_DUPFD_CLOEXEC, 0);
                break;
        }
        Assert.True(number > 2);
        return number;
    }

    private sealed class Target : IHandOverTarget, IConnectionHandler, IDisposable
    {
        private readonly ListenSocket _socket = ListenSocket.Bind(ListenAddress.Parse("127.0.0.1:0"));
        private readonly Listener _listener;
        private readonly List<SocketConnection> _taken = [];

        public Target(EventLoopGroup loops, ServerIdentity? server = null)
        {
            Predecessor = server ?? Server;
            _listener = new Listener(loops, _socket, this);
        }

        public ServerIdentity Predecessor { get; }

        public int Adopted { get; private set; }

        public int ThrowsAt { get; set; }

        public SocketConnection? Adopt(HandedConnection connection, int descriptor)
        {
            Adopted++;
            var adopted = _listener.Adopt(descriptor, connection.Unread.Span, connection.RequestsServed);
            lock (_taken) _taken.Add(adopted!);
            return adopted;
        }

        public SocketConnection[] Taken()
        {
            lock (_taken)
            {
                SocketConnection[] taken = [.. _taken];
                _taken.Clear();
                return taken;
            }
        }

        public bool OnAccepted(Connection connection) => Adopted != ThrowsAt ? true : throw new InvalidOperationException("the test's");

        public ValueTask<ConnectionOutcome> ServeAsync(Connection connection) => new(ConnectionOutcome.Close);

        public void OnEnded(Connection connection, ConnectionOutcome outcome) { }

        public void Dispose() => _socket.Dispose();
    }
}
