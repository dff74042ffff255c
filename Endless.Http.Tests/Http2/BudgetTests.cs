using System.Text;
using Endless.Http.Budgets;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Load;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http2;

/// <summary>What one connection can make the server hold (docs/limits.md).</summary>
public sealed class BudgetTests
{
    private const int SectionBytes = 30_000;

    private static readonly (string, string) Long = ("x", new string('x', SectionBytes));

    [Fact]
    public async Task Header_sections_beyond_the_connections_limit_are_refused_unseen()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) => await goOn.Task, new ProtocolLimits { MaxConnectionHeaderBytes = 100_000 });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id <= 9; id += 2) client.Request(id, fields: Long);
        await client.SendAsync();
        await client.ExpectResetAsync(7, ErrorCode.RefusedStream);
        await client.ExpectResetAsync(9, ErrorCode.RefusedStream);
        Assert.InRange(server.Budget.Heads.Used, 3 * SectionBytes, 4 * SectionBytes);
        goOn.SetResult();
        Assert.Equal(200, (await client.ReadResponsesAsync(1, 3, 5))[5].Status);
        Assert.Equal(200, (await client.RoundTripAsync(11, fields: Long)).Status); // there is room again
    }

    [Fact]
    public async Task Frames_that_waited_count_no_more_once_they_are_sent()
    {
        await using var server = new Http2Fixture((w, r) => w.WriteAsync(new byte[1_000_000]));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1_000_000), new Setting(SettingId.MaxFrameSize, 65_536));
        client.Frames.WriteWindowUpdate(0, 1_000_000);
        client.Request(1);
        await client.SendAsync();
        await Deadline.UntilAsync(
            async () =>
            {
                client.Frames.WriteWindowUpdate(0, 1); // brings about frames while others are being sent; they are looked at with each read
                await client.SendAsync();
                return server.Budget.Unsent.Used > 0;
            },
            "frames wait");
        await client.ReadResponseAsync(1);
        await Deadline.UntilAsync(() => server.Budget.Unsent.Used == 0, "nothing waits", TimeSpan.FromSeconds(20)); // not by the look at what is stalled, after a minute
    }

    [Fact]
    public async Task A_section_within_its_own_limit_is_served_whatever_the_connections_is()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("served"), new ProtocolLimits { MaxConnectionHeaderBytes = 1_000 });
        await server.Client.HandshakeAsync();
        Assert.Equal(200, (await server.Client.RoundTripAsync(1, fields: Long)).Status);
    }

    [Fact]
    public async Task Trailer_sections_count_too()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) => await goOn.Task, new ProtocolLimits { MaxConnectionHeaderBytes = 50_000 });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id <= 3; id += 2)
        {
            client.Request(id, "POST", endStream: false);
            client.Frames.WriteHeaders(id, client.Block([Long]), endStream: true);
        }
        await client.SendAsync();
        await client.ExpectResetAsync(3, ErrorCode.EnhanceYourCalm);
        goOn.SetResult();
        Assert.Equal(200, (await client.ReadResponseAsync(1)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_beyond_what_the_process_holds_are_refused_unseen(bool byStreams)
    {
        var goOn = new TaskCompletionSource();
        var budget = new ProcessBudget();
        if (byStreams) budget.Streams.Limit = 8;
        else budget.Heads.Limit = 8 * 4096;
        await using var server = new Http2Fixture(Handler.From(async (w, r) => await goOn.Task), budget: budget);
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id <= 17; id += 2) client.Request(id, fields: ("x", new string('x', 3_800)));
        await client.SendAsync();
        await client.ExpectResetAsync(17, ErrorCode.RefusedStream);
        Assert.Equal(1, (byStreams ? budget.Streams : budget.Heads).Refused);
        goOn.SetResult();
        await client.ReadResponsesAsync([.. Enumerable.Range(0, 8).Select(i => 2 * i + 1)]);
        Assert.Equal(200, (await client.RoundTripAsync(19)).Status);
    }

    [Fact]
    public async Task A_client_that_goes_on_beyond_the_limit_is_told_to_calm_down()
    {
        var budget = new ProcessBudget();
        budget.Streams.Limit = 8;
        await using var server = new Http2Fixture(Handler.From(async (w, r) => await Task.Delay(Timeout.Infinite, r.Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing)), budget: budget);
        var client = server.Client;
        await client.HandshakeAsync();
        for (var i = 0; i < 2 * Http2Limits.ControlBurst; i++) client.Request(2 * i + 1);
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
    }

    /// <summary>An HPACK bomb: octets that refer to a long entry again and again. The table stays in step.</summary>
    [Theory]
    [InlineData("cookie")]
    [InlineData("x")]
    public async Task A_section_that_says_one_entry_again_and_again_is_refused(string name)
    {
        await using var server = new Http2Fixture((w, r) => w.Write($"{r.Header[name]?.Length}"));
        var client = server.Client;
        await client.HandshakeAsync();
        byte[] Section(int times) => [.. client.Block(), .. Enumerable.Repeat((byte)0xbe, times)];
        client.Frames.WriteHeaders(1, [.. client.Block(), .. Indexed(name, 3_900)], endStream: true);
        await client.SendAsync();
        Assert.Equal("3900", (await client.ReadResponseAsync(1)).Text);
        foreach (var (id, times, status) in new[] { (3, 2, 200), (5, 3, 431), (7, 200, 431), (9, 1, 200) })
        {
            client.Frames.WriteHeaders(id, Section(times), endStream: true);
            await client.SendAsync();
            Assert.Equal(status, (await client.ReadResponseAsync(id)).Status);
        }
    }

    [Fact]
    public async Task A_section_whose_names_are_one_long_entry_is_refused()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("served"));
        var client = server.Client;
        await client.HandshakeAsync();
        byte[] named = [0x0f, 47, 1, (byte)'v']; // a literal that is not to enter the table, named by entry 62
        client.Frames.WriteHeaders(1, [.. client.Block(), .. Indexed(new string('n', 3_900), 1)], endStream: true);
        client.Frames.WriteHeaders(3, [.. client.Block(), .. Enumerable.Repeat(named, 2).SelectMany(octets => octets)], endStream: true);
        client.Frames.WriteHeaders(5, [.. client.Block(), .. Enumerable.Repeat(named, 90).SelectMany(octets => octets)], endStream: true);
        client.Frames.WriteHeaders(7, [.. client.Block(), .. named], endStream: true);
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3, 5, 7);
        Assert.Equal([200, 200, 431, 200], new[] { 1, 3, 5, 7 }.Select(id => responses[id].Status));
    }

    [Fact]
    public async Task A_long_header_block_gives_others_their_turn_and_is_not_kept()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("served"));
        var client = server.Client;
        await client.HandshakeAsync();
        var before = server.Connection.Yields;
        // Literals that enter the table, two octets each: all of it is work, and none of it is room.
        var fragment = Enumerable.Repeat<byte[]>([0x42, 0], 8_000).SelectMany(octets => octets).ToArray();
        client.Frames.WriteFrame(FrameType.Headers, FrameFlags.None, 1, client.Block());
        const int Fragments = 50; // two of them are more than a turn
        for (var i = 0; i < Fragments; i++)
        {
            client.Frames.WriteFrame(FrameType.Continuation, FrameFlags.None, 1, fragment);
            await client.SendAsync();
        }
        await Deadline.UntilAsync(() => server.Connection.Yields - before >= Fragments * 4 / 10, "it has yielded");
        client.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 1, []);
        client.Frames.WriteData(1, [], endStream: true);
        await client.SendAsync();
        Assert.Equal(431, (await client.ReadResponseAsync(1)).Status);
        Assert.InRange(server.Budget.Heads.Used, 0, 2 * (1 << 20));
    }

    [Fact]
    public async Task A_header_block_beyond_what_the_process_holds_ends_its_connection()
    {
        var budget = new ProcessBudget();
        budget.Heads.Limit = 200_000;
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write("served")), budget: budget);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Frames.WriteFrame(FrameType.Headers, FrameFlags.None, 1, [.. client.Block(), 0, 1, (byte)'x', 0x7f, 0xff, 0xff, 0x1f]); // a value of half a mebibyte
        for (var i = 0; i < 30; i++) client.Frames.WriteFrame(FrameType.Continuation, FrameFlags.None, 1, new byte[16_000]);
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
        await Deadline.UntilAsync(() => budget.Heads.Used == 0, "nothing is held any more");
    }

    [Fact]
    public async Task Windows_stay_shut_while_the_process_holds_all_it_may_of_bodies()
    {
        const int BodyBytes = 64_000;
        const int Held = 160;
        const int Read = 195; // of the connection's window more than half, so that it would be opened
        var budget = new ProcessBudget();
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(Handler.From(async (w, r) =>
        {
            if (r.Path == "/held") await goOn.Task;
            w.Write($"{(await r.ReadBodyAsync()).Length}");
        }), budget: budget);
        budget.Bodies.Limit = Held * BodyBytes; // now that the connection is made: its window is as large as ever
        var client = server.Client;
        await client.HandshakeAsync();
        var (id, opened) = (1, 0);
        for (var i = 0; i < Held; i++) await PostAsync("/held");
        for (var i = 0; i < Read; i++)
        {
            await PostAsync("/read");
            await AnswersAsync(1);
        }
        opened += (await client.PingAsync()).Where(frame => frame is { Type: FrameType.WindowUpdate, StreamId: 0 }).Sum(frame => frame.First);
        Assert.True(Read * BodyBytes > Http2Limits.ConnectionWindow / 2);
        Assert.Equal(0, opened);
        // With room again, the window opens by all that was read.
        goOn.SetResult();
        await AnswersAsync(Held);
        Assert.InRange(opened, Read * BodyBytes, (Held + Read) * BodyBytes);
        Assert.Equal(0, budget.Bodies.Used);

        async Task PostAsync(string path)
        {
            client.Request(id, "POST", path, endStream: false);
            for (var left = BodyBytes; left > 0; left -= 16_000) client.Frames.WriteData(id, new byte[16_000], endStream: left == 16_000);
            id += 2;
            await client.SendAsync();
        }

        async Task AnswersAsync(int count)
        {
            while (count > 0)
            {
                var frame = await client.ReadAsync();
                if (frame is { Type: FrameType.WindowUpdate, StreamId: 0 }) opened += frame.First;
                if (frame.Type is FrameType.Headers or FrameType.Data && frame.Header.EndStream) count--;
            }
        }
    }

    [Fact]
    public async Task The_window_of_a_connection_is_no_more_than_a_quarter_of_what_the_process_holds()
    {
        var budget = new ProcessBudget(64 << 20);
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write("served")), budget: budget);
        server.Client.Frames.WriteSettings();
        await server.Client.SendAsync((byte[])[.. Preface.Octets, .. server.Client.Frames.Written.Span]);
        Frame frame;
        do frame = await server.Client.ReadAsync();
        while (frame.Type != FrameType.WindowUpdate);
        Assert.Equal((2 << 20) - 65_535, frame.First);
    }

    [Fact]
    public async Task Who_does_not_take_its_responses_is_shed()
    {
        var budget = new ProcessBudget();
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write(new byte[30_000])), budget: budget);
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 0));
        for (var i = 0; i < 100; i++) client.Request(2 * i + 1);
        await client.SendAsync();
        await Deadline.UntilAsync(() => budget.Unsent.Used >= 100 * 30_000, "all responses wait");
        Assert.InRange(budget.Unsent.Used, 0, 100 * 70_000);
        budget.Unsent.Limit = 1 << 20;
        for (var i = 100; i < 110; i++) client.Request(2 * i + 1);
        await client.SendAsync();
        await Deadline.UntilAsync(() => server.Connection.IsAborted, "the connection is ended");
        await server.OutcomeAsync();
        Assert.Equal((1L, 0L), (budget.Unsent.Shed, budget.Unsent.Used));
    }

    private static byte[] Indexed(string name, int valueLength)
    {
        byte[] Text(string text)
        {
            var integer = new byte[Endless.Http.Http2.Hpack.HpackInteger.MaxOctets];
            return [.. integer[..Endless.Http.Http2.Hpack.HpackInteger.Write(integer, 0, 7, text.Length)], .. Encoding.ASCII.GetBytes(text)];
        }
        return [0x40, .. Text(name), .. Text(new string('c', valueLength))];
    }
}
