using Endless.Http.Benchmarks.Loads;
using Endless.Http.Benchmarks.Peers;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks;

/// <summary>
/// What a malformed request costs the server beside a good one, each on a connection of its own: since a refusal closes the connection, the reconnect is part of
/// the price of both. Round after round in turn.
/// </summary>
internal static class RefusalCost
{
    private const int Rounds = 5;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    private static readonly ConnectionLoad Good = new("GET /plaintext HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    private static readonly ConnectionLoad Malformed = new(
        "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "\0\0\0\0", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "\x16\x03\x01\x02");

    public static async Task RunAsync(Peer peer, SelfSignedFiles certificate)
    {
        await using var server = await peer.StartAsync(Protocol.Http1, certificate);
        await CostAsync(server, Good);
        await CostAsync(server, Malformed);
        var (good, malformed) = (new Series(), new Series());
        for (var round = 0; round < Rounds; round++)
        {
            good.Add(await CostAsync(server, Good));
            malformed.Add(await CostAsync(server, Malformed));
        }
        Console.WriteLine($"{peer.Name}, {Good.Description}, median of {Rounds} rounds of {Round.TotalSeconds:0} s in turn");
        Console.WriteLine($"good       {good.Median:0.0} µs of CPU per request ({good.Least:0.0} to {good.Most:0.0})");
        Console.WriteLine($"malformed  {malformed.Median:0.0} µs of CPU per request ({malformed.Least:0.0} to {malformed.Most:0.0})");
        Console.WriteLine($"ratio      {malformed.Median / good.Median:0.00}");
    }

    /// <summary>The server's CPU time in microseconds for each request.</summary>
    private static async Task<double> CostAsync(PeerProcess server, ConnectionLoad load) => (await server.MeasureAsync(load, Round)).CpuTime;
}
