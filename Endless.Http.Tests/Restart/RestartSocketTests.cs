using Endless.Http.Control;
using Endless.Http.Tests.Transport;
using Endless.Http.Transport;

namespace Endless.Http.Tests.Restart;

public sealed class RestartSocketTests
{
    [Fact]
    public async Task One_that_cannot_be_placed_takes_nothing_else_from_its_loop()
    {
        // One loop, whose first source is the listener: the number of a watch that was never made would be the listener's.
        using var transport = new TransportFixture(_ => Task.FromResult(ConnectionOutcome.Close), loops: 1);
        // In a file system that takes no socket, which bind(2) finds out.
        var socket = new RestartSocket("/proc/restart.sock", Environment.ProcessId, follows: false, transport.Group, () => throw new NotSupportedException(), () => transport.Log);
        socket.Ready();
        socket.RestartFailed("");
        socket.Ended();
        using var client = await transport.ConnectAsync();
        await client.SendAsync(new byte[1]); // with which its flow begins
        await transport.NextEndAsync();
    }
}
