using System.Globalization;
using System.Text;
using Bogus;

namespace Endless.Http.Tests.Http1;

/// <summary>Valid requests from a seed: whoever finds one that fails prints the seed.</summary>
internal sealed class RequestCorpus(int seed)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH", "X!#$%&'*+-.^_`|~"];

    private readonly Faker _faker = new() { Random = new Randomizer(seed) };

    /// <summary>A head with its empty line. Framing fields are left to the caller.</summary>
    public string Head(string framing = "")
    {
        var random = _faker.Random;
        var head = new StringBuilder();
        head.Append(random.ArrayElement(Methods)).Append(' ').Append(Target()).Append(" HTTP/1.1\r\n");
        var fields = new List<string> { "Host: " + Host() };
        if (framing.Length > 0) fields.Add(framing);
        for (var i = random.Int(0, 12); i > 0; i--) fields.Add(Name() + ":" + Space() + Value() + Space());
        foreach (var field in random.Shuffle(fields)) head.Append(field).Append("\r\n");
        return head.Append("\r\n").ToString();
    }

    /// <summary>A whole request: no body, one with a length, or a chunked one.</summary>
    public string Request()
    {
        var body = Body(_faker.Random.Int(0, 40));
        return _faker.Random.Int(0, 2) switch
        {
            0 => Head(),
            1 => Head("Content-Length: " + body.Length.ToString(CultureInfo.InvariantCulture)) + body,
            _ => Head("Transfer-Encoding: chunked") + Chunked(body),
        };
    }

    private string Chunked(string body)
    {
        var random = _faker.Random;
        var text = new StringBuilder();
        for (var at = 0; at < body.Length;)
        {
            var size = random.Int(1, body.Length - at);
            text.Append(size.ToString(random.Bool() ? "x" : "X4", CultureInfo.InvariantCulture)).Append(Extension()).Append("\r\n").Append(body, at, size).Append("\r\n");
            at += size;
        }
        text.Append('0').Append(Extension()).Append("\r\n");
        for (var i = random.Int(0, 2); i > 0; i--) text.Append("X-Trailer-").Append(i).Append(": ").Append(Value()).Append("\r\n");
        return text.Append("\r\n").ToString();
    }

    private string Extension() => _faker.Random.Int(0, 5) switch
    {
        0 => ";" + Name(),
        1 => " ; " + Name() + "=" + Name(),
        2 => ";" + Name() + "\t= \"a \\\" b;,\\\\\"",
        _ => "",
    };

    private string Target()
    {
        var path = "/" + string.Join('/', _faker.Lorem.Words(_faker.Random.Int(0, 4)));
        return _faker.Random.Int(0, 4) switch
        {
            0 => path + "?" + _faker.Random.AlphaNumeric(5) + "=" + _faker.Random.AlphaNumeric(5),
            1 => path + "%20" + "%C3%A9",
            2 => "http://" + Host() + path,
            _ => path,
        };
    }

    private string Host() => _faker.Random.Int(0, 3) switch
    {
        0 => _faker.Internet.DomainName(),
        1 => _faker.Internet.Ip() + ":" + _faker.Internet.Port().ToString(CultureInfo.InvariantCulture),
        2 => "[" + _faker.Internet.Ipv6() + "]:80",
        _ => "localhost",
    };

    private string Name() => "X-" + _faker.Random.String2(1, 12, "abcXYZ019-_.!#$%&'*+^`|~");

    private string Space() => _faker.Random.ArrayElement(["", " ", "\t", "  ", " \t"]);

    private string Value() => _faker.Random.Int(0, 3) switch
    {
        0 => "",
        1 => _faker.Internet.UserAgent(),
        2 => "\u00e9\u00ff\u0080 \t x",
        _ => _faker.Lorem.Sentence(),
    };

    private string Body(int length) => _faker.Random.String2(length, "abc\r\n:; 0");
}
