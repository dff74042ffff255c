using Bogus;
using Endless.Http.Http2.Hpack;
using Xunit.Abstractions;

namespace Endless.Http.Tests.Http2.Hpack;

public class HpackEncoderTests(ITestOutputHelper output)
{
    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new();

    [Theory]
    [InlineData(200, "88")]
    [InlineData(204, "89")]
    [InlineData(206, "8a")]
    [InlineData(304, "8b")]
    [InlineData(400, "8c")]
    [InlineData(404, "8d")]
    [InlineData(500, "8e")]
    [InlineData(103, "0803313033")]
    [InlineData(418, "0803343138")]
    public void EncodesStatus(int status, string hex)
    {
        _encoder.Begin();
        _encoder.AddStatus(status);
        Assert.Equal(hex, Convert.ToHexStringLower(_encoder.Block));
    }

    [Fact]
    public void EncodesContentLength()
    {
        _encoder.Begin();
        _encoder.AddContentLength(long.MaxValue);
        _encoder.AddContentLength(0);
        Assert.Equal(["content-length: 9223372036854775807", "content-length: 0"], Decode(_encoder.Block));
    }

    [Fact]
    public void SendsNamesInLowerCase() =>
        Assert.Equal(["content-type: text/HTML", "x-custom-name: Value"], Decode(Encode(("Content-Type", "text/HTML"), ("X-Custom-Name", "Value"))));

    [Fact]
    public void IndexesALineOnItsSecondSight()
    {
        (string, string) line = ("Content-Type", "text/plain; charset=utf-8");
        var first = Encode(line).ToArray();
        Assert.Equal(0x0f, first[0]); // literal without indexing, name index 31
        var second = Encode(line).ToArray();
        Assert.Equal(0x5f, second[0]); // literal with incremental indexing
        Assert.Equal("be", Convert.ToHexStringLower(Encode(line)));
        Assert.Equal("be", Convert.ToHexStringLower(Encode((new string("content-type"), new string("text/plain; charset=utf-8")))));
        Decode(first);
        Decode(second);
        Assert.Equal(["content-type: text/plain; charset=utf-8"], Decode(Convert.FromHexString("be")));
    }

    [Fact]
    public void WhatNeverRepeatsNeverDisplacesWhatDoes()
    {
        (string, string) line = ("Server", "Endless");
        Decode(Encode(line));
        Decode(Encode(line));
        for (var i = 0; i < 1_000; i++) Decode(Encode(("X-Request-Id", $"{i:x8}-{i * 7}")));
        Assert.Equal(1, Encode(line).Length);
        Assert.Equal(1, _decoder.Table.Count);
    }

    [Fact]
    public void NeverIndexesSetCookie()
    {
        for (var i = 0; i < 3; i++)
        {
            var block = Encode(("Set-Cookie", "session=secret"));
            Assert.Equal(0x10, block[0] & 0xf0);
            Assert.Equal(["set-cookie: session=secret"], Decode(block));
        }
        Assert.Equal(0, _decoder.Table.Count);
    }

    [Fact]
    public void FollowsThePeersTableSize()
    {
        for (var i = 0; i < 3; i++) Decode(Encode(("a", "1"), ("b", "2")));
        Assert.Equal(2, _decoder.Table.Count);
        _encoder.SetPeerTableSize(40);
        Assert.Equal(["a: 1", "b: 2"], Decode(Encode(("a", "1"), ("b", "2"))));
        Assert.Equal(40, _decoder.Table.MaxSize);
        _encoder.SetPeerTableSize(0);
        _encoder.SetPeerTableSize(100_000);
        var block = Encode(("a", "1"));
        Assert.Equal("203fe11f", Convert.ToHexStringLower(block[..4])); // to 0, then to the most it uses
        Assert.Equal(["a: 1"], Decode(block));
        Assert.Equal((4096, 1), (_decoder.Table.MaxSize, _decoder.Table.Count));
        Assert.NotEqual(0x20, Encode(("a", "1"))[0] & 0xe0);
    }

    [Fact]
    public void ATableOfSizeZeroStaysEmpty()
    {
        _encoder.SetPeerTableSize(0);
        for (var i = 0; i < 4; i++) Assert.Equal(["a: 1"], Decode(Encode(("a", "1"))));
        Assert.Equal(0, _decoder.Table.Count);
    }

    [Fact]
    public void RandomResponsesRoundTrip()
    {
        const int seed = 7541;
        output.WriteLine($"seed {seed}");
        var faker = new Faker { Random = new Randomizer(seed) };
        var pool = Enumerable.Range(0, 200).Select(_ => faker.Random.Bool()
            ? ("X-" + faker.Lorem.Slug(2), faker.Lorem.Sentence())
            : (faker.PickRandom("Content-Type", "ETag", "Vary", "Set-Cookie", "Date", "Link"), faker.Random.String2(faker.Random.Int(0, 300), "abc \u00e9\u00ff0123456789/+=\"<>").Trim())).ToArray();
        for (var i = 0; i < 2_000; i++)
        {
            if (faker.Random.Int(0, 20) == 0) _encoder.SetPeerTableSize(faker.Random.Int(0, 5_000));
            var lines = faker.PickRandom(pool, faker.Random.Int(0, 12)).ToArray();
            Assert.Equal(lines.Select(l => $"{l.Item1.ToLowerInvariant()}: {l.Item2}"), Decode(Encode(lines)));
        }
    }

    private ReadOnlySpan<byte> Encode(params ReadOnlySpan<(string Name, string Value)> lines)
    {
        _encoder.Begin();
        foreach (var (name, value) in lines) _encoder.Add(name, value);
        return _encoder.Block;
    }

    private string[] Decode(ReadOnlySpan<byte> block)
    {
        var fields = new HeaderFieldList(1 << 20, 1000);
        Assert.True(_decoder.Decode(block, fields));
        return [.. fields.Fields.ToArray().Select(f => $"{f.Name}: {f.Value}")];
    }
}
