using System.Buffers;
using System.Text;
using Bogus;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>Pipelines of requests from a seed: valid ones from <see cref="RequestCorpus"/>, and what a few changes to them make of them. The same seed gives the same bytes.</summary>
internal sealed class RequestMutator
{
    private const int CorpusSize = 1000;

    /// <summary>What parsers trip over: each is put somewhere into a request, or over what is there.</summary>
    private static readonly byte[][] Tokens = [.. new[]
    {
        "\r", "\n", "\r\n", "\r\n\r\n", "\n\n", "\r\r\n", "\0", "\t", " ", "  ", ":", ": ", ",", ";", "=", "\"", "\\", "%", "%00", "%0d%0a", "#", "?", "/", "//", "*", "@", "[", "]",
        "\u007f", "\u0080", "\u00a0", "\u00ff", "\u000b", "0", "00", "1", "5", "a", "f", "0x", "+", "-", "_", "ffffffffffffffff", "7fffffffffffffff", "9223372036854775807", "18446744073709551616",
        "HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "http://", "https://", "GET", "HEAD", "CONNECT", "OPTIONS", "PRI", "chunked", "identity", "gzip", "close", "keep-alive", "100-continue",
        "GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n", "0\r\n\r\n", "5\r\nhello\r\n", "1;a=b\r\nx\r\n", "\r\n ", "\r\n\t",
    }.Select(Encoding.Latin1.GetBytes)];

    private static readonly byte[][] Lines = [.. new[]
    {
        "Host: b", "Host:", "Host : a", "Content-Length: 5", "Content-Length: 0", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length: 5, 6", "Content-Length : 5", "Content-Length:\u000b5",
        "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding : chunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: xchunked", "transfer-encoding: Chunked", "Connection: close", "Connection: keep-alive", "Connection: x, close", "Expect: 100-continue", "Expect: x", "Trailer: X-T", "Upgrade: h2c", ": x", "X", " X: y", "X\u0000: y", "TE: trailers",
    }.Select(line => Encoding.Latin1.GetBytes(line + "\r\n"))];

    private readonly byte[][] _corpus;
    private readonly Randomizer _random;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<byte[]> Words { get; } = [.. Tokens, .. Lines];

    public RequestMutator(int seed)
    {
        var corpus = new RequestCorpus(seed);
        // In twos, each second one the first with another target: an engine may compare what it need not parse.
        _corpus = [.. Enumerable.Range(0, CorpusSize / 2).Select(_ => corpus.Request()).SelectMany(request => new[] { request, Twin(request) }).Select(Encoding.Latin1.GetBytes)];
        _random = new Randomizer(seed);
    }

    /// <summary>The valid requests that everything is made of.</summary>
    public IReadOnlyList<byte[]> Corpus => _corpus;

    public Randomizer Random => _random;

    /// <summary>A request with one to four changes.</summary>
    public byte[] Mutant() => Mutant(_random.Int(0, CorpusSize - 1));

    private byte[] Mutant(int index)
    {
        var bytes = new List<byte>(_corpus[index]);
        for (var changes = _random.Int(1, 4); changes > 0; changes--) Change(bytes);
        return [.. bytes];
    }

    /// <summary>Writes a pipeline of requests, valid ones before and behind every changed one. Returns how many.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="valid">Gets the indices in <see cref="Corpus"/> of the unchanged ones up to the first changed one: what must be answered with 200.</param>
    public int WritePipeline(ArrayBufferWriter<byte> output, List<int> valid)
    {
        var count = _random.Int(1, 12);
        var mutant = _random.Int(0, 3) == 0 ? -1 : _random.Int(0, count - 1);
        var index = _random.Int(0, CorpusSize - 1);
        for (var i = 0; i < count; i++)
        {
            // The same as the one before, its twin, or any other.
            index = _random.Int(0, 3) switch { 0 => index, 1 => index ^ 1, _ => _random.Int(0, CorpusSize - 1) };
            if (i == mutant)
            {
                output.Write(Mutant(index));
                continue;
            }
            if (mutant < 0 || i < mutant) valid.Add(index);
            output.Write(_corpus[index]);
        }
        return count;
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Int(0, bytes.Count);
        var length = Math.Min(_random.Int(1, 16), bytes.Count - at);
        switch (_random.Int(0, 9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Int(0, 7));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Int(0, 255);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                var token = _random.ArrayElement(Tokens);
                bytes.RemoveRange(at, Math.Min(token.Length, bytes.Count - at));
                bytes.InsertRange(at, token);
                break;
            case 5 or 6:
                bytes.InsertRange(AfterLine(bytes, at), _random.ArrayElement(Lines));
                break;
            case 7:
                var other = _corpus[_random.Int(0, CorpusSize - 1)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(_random.Int(0, other.Length)));
                break;
            default:
                bytes.InsertRange(at, _random.ArrayElement(Tokens));
                break;
        }
    }

    private static string Twin(string request)
    {
        var target = request.IndexOf(' ') + 1;
        return request[..target] + "/twin?of=it" + request[request.IndexOf(' ', target)..];
    }

    private static int AfterLine(List<byte> bytes, int at)
    {
        var end = bytes.IndexOf((byte)'\n', at);
        return end < 0 ? at : end + 1;
    }
}
