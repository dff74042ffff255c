using System.Buffers;
using Endless.Http.Http1;
using Endless.Http.Semantics;
using Endless.Http.Tests.Fuzzing.Coverage;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// Connections of HTTP/1: the same bytes are answered the same however they are cut, a request that is repeated is read as it was, and whatever head is taken, Kestrel's parser takes too and reads the same of.
/// </summary>
internal sealed class RequestsTarget : FuzzTarget
{
    // Small enough to be met by short inputs.
    private static readonly ProtocolLimits Limits = new() { MaxHeaderBytes = 512, MaxRequestLineBytes = 160, MaxHeaderCount = 12, MaxTrailerBytes = 64, MaxBodyBytes = 256, MaxDiscardBytes = 64 };

    private readonly EngineInMemory _bounded = new(ReadingHandler.Instance, Limits);
    private readonly EngineInMemory _boundless = new(ReadingHandler.Instance, Limits with { MaxBodyBytes = -1 });
    private readonly KestrelParser _kestrel = new();
    private readonly ArrayBufferWriter<byte> _whole = new();
    private readonly ArrayBufferWriter<byte> _parts = new();
    private readonly List<Answer> _answers = [];
    private readonly List<Answer> _repeated = [];
    private EngineInMemory _engine = null!;

    public override IReadOnlyList<byte[]> Seeds { get; } = Texts(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /a?b=%41 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=\"b\\c\"\r\nhello\r\n0\r\nX: y\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: \r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
        "HEAD http://a/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");

    public override IReadOnlyList<byte[]> Words => RequestMutator.Words;

    public override long MaxWork(int length) => 20_000 + 600L * length;

    public override long MaxAllocated(int length) => 200_000 + 2_000L * length;

    public override void Run(byte[] input)
    {
        var random = RandomOf(input);
        _engine = random.Next(2) == 0 ? _bounded : _boundless;
        Serve(input, 0, random, _whole);
        Serve(input, random.Next(1, 5), random, _parts);
        AssertSame();
        if (input.Length <= 160 && random.Next(4) == 0)
        {
            Serve(input, input.Length, random: null, _parts);
            AssertSame();
        }
        if (Answer.TryRead(_whole.WrittenSpan, _answers) is { } fault) Assert.Fail(fault);
        if (_answers is [{ Status: 200, Closes: false } only]) AssertRepeats(input, only);
        BesideKestrel(input);
    }

    private void Serve(ReadOnlyMemory<byte> input, int cuts, Random? random, ArrayBufferWriter<byte> output)
    {
        if (_engine.Serve(input, cuts, length => random?.Next(1, length + 1) ?? 1, output) is { } fault) Assert.Fail(fault);
    }

    private void AssertSame()
    {
        if (!_whole.WrittenSpan.SequenceEqual(_parts.WrittenSpan)) Assert.Fail($"The segmentation makes a difference: {InputText.Encode(_whole.WrittenSpan)} or {InputText.Encode(_parts.WrittenSpan)}");
    }

    /// <summary>What was found out about a head is used again for the next one, which must show in nothing.</summary>
    private void AssertRepeats(byte[] input, Answer only)
    {
        Serve((byte[])[.. input, .. input, .. input], 0, random: null, _parts);
        if (Answer.TryRead(_parts.WrittenSpan, _repeated) is { } fault) Assert.Fail(fault);
        foreach (var answer in _repeated)
            Assert.True(answer.Status >= 400 || answer.Reading == only.Reading, "The same request is read in two ways.");
    }

    /// <summary>The other way round Kestrel takes more: a bare LF, and what is not in the grammar.</summary>
    private void BesideKestrel(byte[] input)
    {
        var reader = new RequestHeadReader(Limits);
        if (!reader.TryTake(input, out var length)) return;
        var lines = new FieldLines();
        var head = new RequestHead(Limits, lines, isSecure: false);
        var refused = head.Parse(reader.Buffer, length) is not null;
        if (!refused)
        {
            var refusal = _kestrel.Refusal(input.AsMemory(0, length));
            // HTTP/1.2 and above is served as HTTP/1.1 (RFC 9110 section 2.5).
            if (refusal is not null && !refusal.StartsWith("Unrecognized HTTP version", StringComparison.Ordinal)) Assert.Fail($"Kestrel refuses a head that is taken: {refusal}");
            if (refusal is null)
            {
                Assert.Equal(_kestrel.Method, head.Method);
                Assert.Equal(_kestrel.Target, head.Target.Raw);
                AssertSameFields(lines);
            }
        }
        reader.Reset();
        lines.Clear();
        reader.Release();
    }

    private void AssertSameFields(FieldLines lines)
    {
        // Content-Length lines that agree become one.
        var theirs = _kestrel.Fields.Where(line => !line.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).ToArray();
        var ours = new List<(string, string)>();
        for (var i = 0; i < lines.Count; i++)
            if (!lines.NameAt(i).Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) ours.Add((lines.NameAt(i), lines.ValueAt(i)));
        Assert.Equal(theirs, ours);
    }
}
