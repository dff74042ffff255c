namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>Measures the memory of the whole process: nothing else runs beside it.</summary>
[CollectionDefinition(nameof(PingMemoryTests), DisableParallelization = true)]
public sealed class PingMemoryCollection;

/// <summary>What pings make a server hold.</summary>
[Collection(nameof(PingMemoryTests))]
public sealed class PingMemoryTests(EchoServer echo) : IClassFixture<EchoServer>
{
    [Fact]
    public async Task Pings_of_a_client_that_reads_nothing_hold_no_memory()
    {
        using var client = await FrameClient.ConnectAsync(echo.Server, echo.NextPath());
        var flood = Enumerable.Repeat(FrameClient.Frame(0x89, new string('p', 125)), 1000).SelectMany(frame => frame).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 300; i++) await client.SendAsync(flood); // 40 MB, all of which the server takes
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20_000_000);
    }
}
