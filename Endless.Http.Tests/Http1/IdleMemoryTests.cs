using System.Text;

namespace Endless.Http.Tests.Http1;

/// <summary>The memory of the whole process is looked at: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(IdleMemoryTests), DisableParallelization = true)]
public sealed class IdleMemoryCollection;

/// <summary>What a connection needed for a large request does not stay with it while it is idle.</summary>
[Collection(nameof(IdleMemoryTests))]
public sealed class IdleMemoryTests
{
    private const int Connections = 500;
    private const int HeadBytes = 60_000;

    [Fact]
    public async Task An_idle_connection_holds_no_buffer()
    {
        var request = $"POST / HTTP/1.1\r\nHost: a\r\nX: {new string('x', HeadBytes)}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: {new string('t', 8_000)}\r\n\r\n";
        var bytes = Encoding.ASCII.GetBytes(request);
        var servers = new List<Http1Fixture>();
        await RoundTripAsync(servers, bytes);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Connections; i++) await RoundTripAsync(servers, bytes);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Connections;

        // The objects of engine, pipes and test; a head's buffer alone would be 64 KiB.
        Assert.InRange(each, 0, 16 * 1024);
        foreach (var server in servers) await server.DisposeAsync();
    }

    private static async Task RoundTripAsync(List<Http1Fixture> servers, byte[] request)
    {
        var server = new Http1Fixture(async (w, r) =>
        {
            await r.ReadBodyAsync();
            w.Write(new byte[2_000]);
        });
        servers.Add(server);
        await server.SendAsync(request);
        Assert.Equal(2_000, (await server.Client.ReadAsync()).Body.Length);
    }
}
