using Endless.Http.Http2.Hpack;

namespace Endless.Http.Tests.Http2.Hpack;

public class HpackDecoderTests
{
    [Theory] // RFC 7541 appendix C.2
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 55)]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path", 0)]
    [InlineData("100870617373776f726406736563726574", "password: secret", 0)]
    [InlineData("82", ":method: GET", 0)]
    public void DecodesEachRepresentation(string hex, string field, int tableSize)
    {
        var decoder = new HpackDecoder();
        Assert.Equal([field], Decode(decoder, hex));
        Assert.Equal(tableSize, decoder.Table.Size);
    }

    [Theory] // RFC 7541 appendices C.3 and C.4
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void DecodesTheRequestExamples(string first, string second, string third)
    {
        var decoder = new HpackDecoder();
        Assert.Equal([":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"], Decode(decoder, first));
        Assert.Equal((1, 57), (decoder.Table.Count, decoder.Table.Size));
        Assert.Equal([":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"], Decode(decoder, second));
        Assert.Equal((2, 110), (decoder.Table.Count, decoder.Table.Size));
        Assert.Equal([":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"], Decode(decoder, third));
        Assert.Equal((3, 164), (decoder.Table.Count, decoder.Table.Size));
    }

    [Theory] // RFC 7541 appendices C.5 and C.6: a table of 256 octets, so that entries are evicted
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void DecodesTheResponseExamples(string first, string second, string third)
    {
        var decoder = new HpackDecoder(256);
        Assert.Equal([":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"], Decode(decoder, first));
        Assert.Equal((4, 222), (decoder.Table.Count, decoder.Table.Size));
        Assert.Equal([":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"], Decode(decoder, second));
        Assert.Equal((4, 222), (decoder.Table.Count, decoder.Table.Size));
        Assert.Equal(
            [":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT", "location: https://www.example.com", "content-encoding: gzip",
                "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
            Decode(decoder, third));
        Assert.Equal((3, 215), (decoder.Table.Count, decoder.Table.Size));
    }

    [Theory]
    [InlineData("80")] // index 0
    [InlineData("be")] // an index beyond both tables
    [InlineData("ffffffffff07")]
    [InlineData("ff8080808000")]
    [InlineData("7f0001")] // a literal's name index beyond both tables
    [InlineData("0f80")] // an index cut short
    [InlineData("40")] // a literal without name
    [InlineData("4001")]
    [InlineData("400161")] // without value
    [InlineData("40016105616263")] // value shorter than its length
    [InlineData("0001617fffffffff0f")] // a length above 2^31-1
    [InlineData("00016181ff")] // eight bits of Huffman padding
    [InlineData("0001618118")] // padding of zeros
    [InlineData("00016184ffffffff")] // the end-of-string symbol
    [InlineData("0081180161")] // the same in a name
    [InlineData("8220")] // a size update behind a field
    [InlineData("3fe21f")] // a size update to 4097
    [InlineData("3f")]
    [InlineData("823f00")]
    public void RefusesMalformedBlocks(string hex)
    {
        Assert.Null(Decode(new HpackDecoder(), hex));
    }

    [Fact]
    public void EveryTruncationOfABlockIsHandled()
    {
        const string block = "828684418cf1e3c2e5f23a6ba0ab90f4ff408825a849e95ba97d7f8925a849e95bb8e8b4bf5886a8eb10649cbf";
        for (var length = 0; length <= block.Length; length += 2) Decode(new HpackDecoder(), block[..length]);
    }

    [Fact]
    public void RandomOctetsNeverThrow()
    {
        var random = new Random(7);
        var decoder = new HpackDecoder();
        for (var i = 0; i < 20_000; i++)
        {
            var octets = new byte[random.Next(1, 40)];
            random.NextBytes(octets);
            decoder.Decode(octets, NewList());
            Assert.InRange(decoder.Table.Size, 0, 4096);
        }
    }

    [Fact]
    public void SizeUpdatesEvict()
    {
        var decoder = new HpackDecoder();
        Decode(decoder, "4001610162"); // a: b
        Assert.Equal(["a: b"], Decode(decoder, "be"));
        Assert.Equal([":method: GET"], Decode(decoder, "203fe11f82")); // to 0 and back to 4096
        Assert.Equal((0, 4096), (decoder.Table.Count, decoder.Table.MaxSize));
        Assert.Null(Decode(decoder, "be"));
    }

    [Fact]
    public void AnEntryLargerThanTheTableEmptiesIt()
    {
        var decoder = new HpackDecoder(64);
        Decode(decoder, "4001610162");
        Assert.Equal(1, decoder.Table.Count);
        Assert.Equal(["a: " + new string('c', 40)], Decode(decoder, "400161" + "28" + string.Concat(Enumerable.Repeat("63", 40))));
        Assert.Equal((0, 0), (decoder.Table.Count, decoder.Table.Size));
    }

    [Fact]
    public void ANameMayReferToTheEntryItEvicts()
    {
        // RFC 7541 section 4.4: the name is read before eviction.
        var decoder = new HpackDecoder(40);
        Decode(decoder, "40026161" + "0162");
        Assert.Equal(["aa: c"], Decode(decoder, "7e0163"));
        Assert.Equal((1, 35), (decoder.Table.Count, decoder.Table.Size));
    }

    [Fact]
    public void ABombIsCutOffAtTheLimitAndTheTableStaysInStep()
    {
        var decoder = new HpackDecoder();
        var name = "40" + "0161" + "7fa11e" + string.Concat(Enumerable.Repeat("62", 4000)); // an entry of 4033 octets
        Assert.NotNull(Decode(decoder, name));
        var bomb = new byte[100_000];
        Array.Fill(bomb, (byte)0xbe);
        var fields = NewList(maxSize: 65_536);
        Assert.True(decoder.Decode(bomb, fields)); // 400 MB, if it were unpacked
        Assert.True(fields.TooLarge);
        Assert.Equal(65_536 / 4033, fields.Fields.Length);
        Assert.Equal([":method: GET"], Decode(decoder, "82"));
    }

    [Fact]
    public void TooManyLinesAreCutOff()
    {
        var fields = NewList(maxCount: 3);
        Assert.True(new HpackDecoder().Decode([0x82, 0x82, 0x82, 0x82], fields));
        Assert.True(fields.TooLarge);
        Assert.Equal(3, fields.Fields.Length);
        fields.Clear();
        Assert.False(fields.TooLarge);
        Assert.True(fields.Fields.IsEmpty);
    }

    [Fact]
    public void TableThrashingStaysWithinTheTable()
    {
        // Literals that all enter the table, with size updates between blocks that flush it.
        var decoder = new HpackDecoder();
        var fields = NewList(maxCount: 10);
        for (var i = 0; i < 2_000; i++)
        {
            var block = new List<byte> { 0x20, 0x3f, 0xe1, 0x1f };
            for (var j = 0; j < 50; j++) block.AddRange([0x40, 2, (byte)('a' + j % 26), (byte)('a' + i % 26), 1, (byte)'x']);
            fields.Clear();
            Assert.True(decoder.Decode([.. block], fields));
            Assert.Equal(50, decoder.Table.Count);
        }
    }

    private static HeaderFieldList NewList(int maxSize = 1 << 20, int maxCount = 1000) => new(maxSize, maxCount);

    private static IEnumerable<string>? Decode(HpackDecoder decoder, string hex)
    {
        var fields = NewList();
        return decoder.Decode(Convert.FromHexString(hex), fields) ? fields.Fields.ToArray().Select(f => $"{f.Name}: {f.Value}").ToList() : null;
    }
}
