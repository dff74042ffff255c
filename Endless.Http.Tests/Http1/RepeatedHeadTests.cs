using System.Globalization;
using System.Text;
using Bogus;
using Endless.Http.Http1;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

/// <summary>A head with the fields of the one before is not parsed: it must be one that a parse takes, and mean what a parse says.</summary>
public sealed class RepeatedHeadTests
{
    private const int Seed = 20_261_127;

    private static readonly ProtocolLimits Limits = new() { MaxHeaderBytes = 2000, MaxRequestLineBytes = 200, MaxHeaderCount = 20 };

    private static readonly string[] Lines =
    [
        "GET / HTTP/1.1", "GET /other HTTP/1.1", "GET /a?b HTTP/1.1", "HEAD / HTTP/1.1", "POST /x HTTP/1.1", "GET / HTTP/1.0", "GET / HTTP/1.2", "GET / HTTP/2.0", "get / HTTP/1.1", "GET  / HTTP/1.1",
        "GET http://b/ HTTP/1.1", "GET https://b/ HTTP/1.1", "OPTIONS * HTTP/1.1", "GET * HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET /\n HTTP/1.1", "GET /%zz HTTP/1.1", "GET /", "", " ", "GET /é HTTP/1.1",
        "GET /" + new string('a', 200) + " HTTP/1.1",
    ];

    [Fact]
    public void A_head_that_is_repeated_reads_as_if_it_were_parsed()
    {
        var corpus = new RequestCorpus(Seed);
        var random = new Randomizer(Seed);
        var repeated = 0;
        for (var i = 0; i < 3_000; i++)
        {
            var first = corpus.Head(random.ArrayElement(["", "Content-Length: 7", "Transfer-Encoding: chunked", "Expect: 100-continue", "Connection: close", "Connection: keep-alive", "Upgrade: h2c"]));
            if (random.Bool()) first = WithLine(first, random.ArrayElement(Lines));
            var engine = new Heads();
            if (!engine.Read(Encoding.Latin1.GetBytes(first))) continue;
            for (var n = 0; n < 4; n++)
            {
                var next = random.Int(0, 3) switch
                {
                    0 => first,
                    1 => corpus.Head(),
                    _ => WithLine(first, random.ArrayElement(Lines)),
                };
                var bytes = Encoding.Latin1.GetBytes(next);
                if (random.Int(0, 3) == 0) bytes[random.Int(0, bytes.Length - 1)] = random.ArrayElement<byte>([0, 9, 10, 13, 32, 58, 65, 127, 200]);
                if (random.Int(0, 3) == 0) bytes = bytes[..random.Int(0, bytes.Length)];
                else bytes = [.. bytes, .. Encoding.Latin1.GetBytes(corpus.Request())];

                var length = engine.Repeat(bytes);
                if (length == 0) continue;
                repeated++;
                var fresh = new Heads();
                Assert.True(fresh.Read(bytes), $"seed {Seed}, head {i}: repeated though it is refused: {Convert.ToBase64String(bytes)}");
                Assert.True(fresh.ToString() == engine.ToString() && fresh.Length == length, $"seed {Seed}, head {i}: {Convert.ToBase64String(bytes)}\nparsed: {fresh}\nrepeated: {engine}");
            }
        }
        Assert.InRange(repeated, 1_000, 12_000);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", "GET / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1", "GET /other HTTP/1.1")]
    [InlineData("POST /a HTTP/1.1", "POST /b?c HTTP/1.1")]
    [InlineData("GET http://b/ HTTP/1.1", "GET http://b/ HTTP/1.1")]
    public void The_same_fields_are_not_parsed_again(string first, string second) => Assert.NotEqual(0, RepeatAfter(first, second));

    // Another method, version or form can give the same fields another meaning.
    [Theory]
    [InlineData("GET / HTTP/1.1", "HEAD / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1", "GET / HTTP/1.0")]
    [InlineData("GET / HTTP/1.1", "GET http://b/ HTTP/1.1")]
    [InlineData("GET http://b/ HTTP/1.1", "GET / HTTP/1.1")]
    public void What_may_mean_something_else_is_parsed(string first, string second) => Assert.Equal(0, RepeatAfter(first, second));

    [Fact]
    public void A_section_that_a_handler_changed_is_parsed_again()
    {
        foreach (var change in new Action<Header>[] { h => h.Set("X", "2"), h => h.Add("Y", "1"), h => h.Remove("X"), h => h.Suppress("X"), h => h.Clear() })
        {
            var heads = new Heads();
            var bytes = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n");
            Assert.True(heads.Read(bytes));
            Assert.Equal("1", heads.Header["X"]);
            change(heads.Header);
            Assert.Equal(0, heads.Repeat(bytes));
        }
    }

    [Fact]
    public async Task Requests_of_a_pipeline_that_are_alike_are_each_answered_for_themselves()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            var body = await r.ReadBodyAsync();
            if (r.Path == "/throw") throw new InvalidOperationException("on purpose");
            w.Write(string.Create(CultureInfo.InvariantCulture, $"{r.Path} {r.Header["X"]} {body.Length}"));
            if (r.Path == "/change") r.Header.Set("X", "changed");
        });
        const string Fields = "HTTP/1.1\r\nHost: a\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc";
        await server.SendAsync($"POST /1 {Fields}POST /2 {Fields}POST /change {Fields}POST /change {Fields}POST /1 {Fields}POST /2 {Fields}POST /1 {Fields}");
        foreach (var path in new[] { "/1", "/2", "/change", "/change", "/1", "/2", "/1" }) Assert.Equal(path + " 1 3", (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_handler_that_fails_at_a_repeated_HEAD_is_answered_without_a_body()
    {
        await using var server = new Http1Fixture((_, r) =>
        {
            if (r.Path == "/throw") throw new InvalidOperationException("on purpose");
        });
        await server.SendAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /throw HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await server.Client.ReadAsync(isHead: true)).Status);
        Assert.Equal(500, (await server.Client.ReadAsync(isHead: true)).Status);
        Assert.False(await server.Client.HasMoreAsync());
    }

    // They lie in a buffer that the next tenant fills with what another client sends.
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n")]
    public async Task The_fields_of_a_request_that_somebody_kept_are_gone_with_it(string requests)
    {
        Request? kept = null;
        await using var server = new Http1Fixture((_, r) => kept = r);
        await server.SendAsync(requests);
        server.Connection.CloseByClient();
        await server.OutcomeAsync();
        Assert.Throws<InvalidOperationException>(() => kept!.Header.Count);
        Assert.Throws<InvalidOperationException>(() => kept!.Header["Host"]);
    }

    private static int RepeatAfter(string first, string second)
    {
        const string Fields = "\r\nHost: a\r\nX: 1\r\n\r\n";
        var heads = new Heads();
        Assert.True(heads.Read(Encoding.ASCII.GetBytes(first + Fields)));
        return heads.Repeat(Encoding.ASCII.GetBytes(second + Fields + "GET / HTTP/1.1\r\n"));
    }

    private static string WithLine(string head, string line) => line + head[head.IndexOf('\r')..];

    /// <summary>What an engine has of a connection's heads.</summary>
    private sealed class Heads
    {
        private readonly RequestHeadReader _reader = new(Limits);
        private readonly RequestHead _head;

        public Heads() => _head = new RequestHead(Limits, Lines, isSecure: false);

        public FieldLines Lines { get; } = new();

        public Header Header => new(Lines, request: null);

        public int Length { get; private set; }

        /// <summary>Parses a head. False if it is refused or not whole.</summary>
        public bool Read(byte[] bytes)
        {
            if (!_reader.TryTake(bytes, out var length) || _head.Parse(_reader.Buffer, _reader.Length) is not null) return false;
            Length = length;
            _reader.Reset();
            return true;
        }

        /// <summary>The length of a head that repeats the one before, 0 if there is none.</summary>
        public int Repeat(byte[] bytes) => _head.TryRepeat(bytes, _reader.Last, out var length) ? length : 0;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{_head.Method} {_head.Target.Raw} {_head.MinorVersion} {_head.Host} {_head.ContentLength} {_head.KeepAlive} {_head.ExpectsContinue} {_head.AsksForUpgrade} {string.Join('|', Header)}");
    }
}
