using System.Text;
using Bogus;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;

namespace Endless.Http.Tests.Http2;

/// <summary>A header block with the octets of the last request's is not decoded: it must mean what decoding it would say.</summary>
public sealed class RepeatedBlockTests
{
    private const int Seed = 20_261_128;

    private static readonly byte[] Octets = [0x82, 0x86, 0x84];

    [Fact]
    public void The_same_octets_repeat_a_block_that_was_confirmed()
    {
        var block = new RepeatedBlock();
        Assert.False(block.Repeats(Octets, endStream: true, version: 1));
        Assert.False(block.Repeats(Octets, endStream: true, version: 1)); // not confirmed
        block.Confirm();
        Assert.True(block.Repeats(Octets, endStream: true, version: 1));
        Assert.True(block.Repeats(Octets, endStream: true, version: 1));
    }

    [Fact]
    public void What_may_mean_something_else_does_not_repeat()
    {
        Assert.False(After(Octets).Repeats(Octets, endStream: true, version: 2));
        Assert.False(After(Octets).Repeats(Octets, endStream: false, version: 1));
        Assert.False(After(Octets).Repeats([0x82, 0x86], endStream: true, version: 1));
        Assert.False(After(Octets).Repeats([0x82, 0x86, 0x85], endStream: true, version: 1));
        Assert.False(After(new byte[129]).Repeats(new byte[129], endStream: true, version: 1));
        Assert.False(After(new byte[129]).Repeats(new byte[128], endStream: true, version: 1));
        Assert.True(After(new byte[128]).Repeats(new byte[128], endStream: true, version: 1));

        var other = After(Octets);
        Assert.False(other.Repeats([0x83], endStream: true, version: 1));
        Assert.False(other.Repeats(Octets, endStream: true, version: 1)); // what is kept is no longer its own

        static RepeatedBlock After(byte[] octets)
        {
            var block = new RepeatedBlock();
            block.Repeats(octets, endStream: true, version: 1);
            block.Confirm();
            return block;
        }
    }

    [Fact]
    public async Task A_requests_block_is_no_trailer_section_and_may_be_the_next_request()
    {
        await using var server = new Http2Fixture((w, r) => r.ReadBodyAsync());
        var client = server.Client;
        await client.HandshakeAsync();
        byte[] block = [0x82, 0x86, 0x84, 1, 1, (byte)'h'];
        client.Request(1, "POST", endStream: false);
        client.Frames.WriteHeaders(3, block, endStream: true);
        client.Frames.WriteHeaders(1, block, endStream: true);
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3);
        Assert.Equal(ErrorCode.ProtocolError, responses[1].Reset); // pseudo-header fields in a trailer section
        Assert.Equal(200, responses[3].Status);
    }

    [Fact]
    public async Task A_header_that_a_handler_changed_is_whole_in_the_next_request()
    {
        await using var server = new Http2Fixture((w, r) =>
        {
            w.Write($"{r.Header["x-a"]} {r.Header.Count}");
            r.Header.Set("x-a", "changed");
            r.Header.Add("x-b", "added");
        });
        await server.Client.HandshakeAsync();
        for (var id = 1; id < 10; id += 2) Assert.Equal("1 2", (await server.Client.RoundTripAsync(id, "GET", "/", ("x-a", "1"))).Text);
    }

    [Fact]
    public async Task Blocks_in_any_order_mean_what_a_decoder_says()
    {
        Console.WriteLine($"seed {Seed}");
        var random = new Randomizer(Seed);
        await using var server = new Http2Fixture(async (w, r) =>
        {
            var body = await r.ReadBodyAsync();
            var text = new StringBuilder($"{r.Method} {r.Target} {r.Host} {r.ContentLength} {body.Length}");
            foreach (var (name, value) in r.Header) text.Append($"|{name}={value}");
            if (random.Bool()) r.Header.Clear();
            w.Write(text.ToString());
        });
        var client = server.Client;
        await client.HandshakeAsync();
        var sent = new List<byte[]>();
        var decoder = new HpackDecoder();
        var last = Array.Empty<byte>();
        var (repeated, answered, refused) = (0, 0, 0);
        for (var id = 1; id < 4_000; id += 2)
        {
            var block = random.Bool(0.6f) && last.Length > 0 ? last : Block(random);
            var fields = new HeaderFieldList(100_000, 100);
            while (!decoder.Decode(block, fields)) // refers to what is not in the table: such a block would end the connection
            {
                block = Block(random);
                decoder = new HpackDecoder();
                foreach (var earlier in sent) Assert.True(decoder.Decode(earlier, fields));
                fields.Clear();
            }
            sent.Add(block);
            if (block == last) repeated++;
            last = block;
            var endStream = random.Bool(0.8f);
            client.Frames.WriteHeaders(id, block, endStream);
            if (!endStream)
            {
                var ends = random.Bool();
                client.Frames.WriteData(id, "ab"u8, ends);
                if (!ends)
                {
                    if (random.Bool()) client.Frames.WriteHeaders(id, [0, 3, .. "x-t"u8, 1, .. "1"u8], endStream: true); // a trailer section, which changes no table
                    else client.Frames.WriteData(id, [], endStream: true);
                }
            }
            await client.SendAsync();
            var response = await client.ReadResponseAsync(id);
            var expected = Expected(fields.Fields, endStream);
            if (expected is null)
            {
                Assert.True(response.Reset == ErrorCode.ProtocolError || response.Status == 400, $"stream {id} was not refused");
                refused++;
            }
            else
            {
                Assert.Equal(expected, response.Text);
                answered++;
            }
        }
        Assert.True(repeated > 500 && answered > 500 && refused > 100, $"{repeated} repeated, {answered} answered, {refused} refused");
    }

    /// <summary>A block out of a few parts, those that change the table among them.</summary>
    private static byte[] Block(Randomizer random)
    {
        var block = new List<byte>();
        if (random.Int(0, 19) == 0) block.Add(0x20); // the table's size 0
        if (random.Int(0, 9) == 0) block.AddRange([0x3f, 0xe1, 0x1f]); // and 4096
        block.AddRange([0x82, 0x86]); // GET, http
        block.AddRange(random.ArrayElement<byte[]>([[0x84], [0x85], [0x04, 2, .. "/a"u8], [0x44, 2, .. "/b"u8], [0xbe], []]));
        block.AddRange(random.ArrayElement<byte[]>([[0x01, 1, (byte)'h'], [0x41, 1, (byte)'h'], [0xbe]]));
        if (random.Int(0, 2) == 0) block.AddRange(random.ArrayElement<byte[]>([[0x40, 3, .. "x-a"u8, 1, .. "1"u8], [0, 3, .. "x-a"u8, 1, .. "2"u8], [0xbf], [0xbe], [0x0f, 0x0d, 1, .. "2"u8]]));
        return [.. block];
    }

    /// <summary>What the handler says of a request; null if it is malformed.</summary>
    private static string? Expected(ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        string? method = null, path = null, authority = null, scheme = null;
        var length = endStream ? 0L : -1;
        var lines = "";
        foreach (var field in fields)
        {
            if (field.Name[0] == ':')
            {
                ref var pseudo = ref method;
                if (field.Name == ":path") pseudo = ref path;
                if (field.Name == ":authority") pseudo = ref authority;
                if (field.Name == ":scheme") pseudo = ref scheme;
                if (pseudo is not null || lines.Length > 0) return null;
                pseudo = field.Value;
                continue;
            }
            if (field.Name == "content-length")
            {
                if (endStream) return null; // 2 octets are announced, and none come
                length = 2;
            }
            lines += $"|{field.Name}={field.Value}";
        }
        if (method is null || path is null || scheme is null) return null;
        return authority is null ? null : $"{method} {path} {authority} {length} {(endStream ? 0 : 2)}{lines}|host={authority}";
    }
}
