using Endless.Http.Load;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Tls;

/// <summary>TLS handshakes under way are limited for the process: what is beyond waits for its turn.</summary>
public sealed class HandshakeLimitTests
{
    [Fact]
    public async Task A_handshake_waits_while_as_many_as_may_be_are_under_way()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        server.Budget.Handshakes.Limit = 1;
        using var stopped = await server.Transport.ConnectAsync();
        await stopped.SendAsync(new byte[] { 22, 3, 1, 0, 200 }); // the beginning of a ClientHello
        await Deadline.UntilAsync(() => server.Budget.Handshakes.Used == 1, "a handshake is under way");

        var next = server.ConnectTlsAsync();
        await Deadline.UntilAsync(() => server.Budget.Handshakes.Refused == 1, "the next one waits");
        Assert.False(next.IsCompleted);
        stopped.Close();
        await using var stream = await next.WaitAsync(TransportFixture.Deadline);
        await stream.WriteAsync("a"u8.ToArray());
        Assert.Equal(1, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TransportFixture.Deadline));
        await Deadline.UntilAsync(() => server.Budget.Handshakes.Used == 0, "none is under way");
    }

    [Fact]
    public async Task A_handshake_that_does_not_get_on_makes_room()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        server.Budget.Handshakes.Limit = 1;
        using var stopped = await server.Transport.ConnectAsync();
        await stopped.SendAsync(new byte[] { 22, 3, 1, 0, 200 });
        await Deadline.UntilAsync(() => server.Budget.Handshakes.Used == 1, "a handshake is under way");
        var next = server.ConnectTlsAsync();
        await Deadline.UntilAsync(() => server.Budget.Handshakes.Refused == 1, "the next one waits");
        // As if five seconds had passed between two looks.
        var now = Environment.TickCount64;
        server.Budget.Handshakes.Look(now);
        server.Budget.Handshakes.Look(now + Endless.Http.Budgets.Budget.Patience);
        await using var stream = await next.WaitAsync(TransportFixture.Deadline);
        Assert.Equal(1, server.Budget.Handshakes.Shed);
    }
}
