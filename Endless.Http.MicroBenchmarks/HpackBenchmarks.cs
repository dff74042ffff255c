using BenchmarkDotNet.Attributes;
using Endless.Http.Http2.Hpack;

namespace Endless.Http.MicroBenchmarks;

/// <summary>The header block of a request, read, and that of a response, written, on a connection that has seen them before.</summary>
[MemoryDiagnoser]
public class HpackBenchmarks
{
    // RFC 7541 appendix C.4.1 puts :authority into the table; what repeats is then four octets.
    private static readonly byte[] First = Convert.FromHexString("828684418cf1e3c2e5f23a6ba0ab90f4ff");
    private static readonly byte[] Repeated = Convert.FromHexString("828684be");

    private readonly HpackDecoder _decoder = new();
    private readonly HpackEncoder _encoder = new();
    private readonly HeaderFieldList _fields = new(64 * 1024, 100);

    [GlobalSetup]
    public void See() => _decoder.Decode(First, _fields);

    [Benchmark]
    public bool Decode()
    {
        _fields.Clear();
        return _decoder.Decode(Repeated, _fields);
    }

    [Benchmark]
    public int Encode()
    {
        _encoder.Begin();
        _encoder.AddStatus(200);
        _encoder.Add("Content-Type", "text/plain");
        _encoder.AddContentLength(13);
        return _encoder.Block.Length;
    }
}
