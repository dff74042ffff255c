using Endless.Http.Connections;
using Endless.Http.Sockets;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>
/// A flow reads and another writes; somebody aborts the connection and the peer resets it. Both end, the socket is closed once, and a stranger who then gets its number never hears from them.
/// </summary>
internal sealed class AbortScenario : SocketScenario
{
    private KernelSocket? _stranger;
    private bool _wrote;

    public override void End()
    {
        base.End();
        Assert.True(_wrote);
        Assert.Empty(_stranger!.Sent);
        Assert.False(_stranger.IsShut, "A stranger's socket was shut down.");
    }

    public override string[] Watched => [nameof(SocketConnection), nameof(Connection), "UseCount"];

    public override int Preemptions => 0;

    protected override void AddActors(Execution run)
    {
        Socket.Limit(1);
        Socket.Deliver("x"u8);
        run.Add("aborter", Connection.Abort);
        run.Add("peer", Socket.ResetByPeer);
        run.Add("stranger", () =>
        {
            Await(() => Socket.IsClosed);
            run.Kernel.OpenSocket(out _stranger);
        });
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        var writing = WriteAsync();
        while (true)
        {
            var result = await Connection.Input.ReadAsync().ConfigureAwait(false);
            Connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
        await writing.ConfigureAwait(false);
        return ConnectionOutcome.Close;
    }

    private async Task WriteAsync()
    {
        var result = await Connection.Output.WriteAsync("abcd"u8.ToArray()).ConfigureAwait(false);
        Assert.True(result.IsCompleted);
        _wrote = true;
    }
}
