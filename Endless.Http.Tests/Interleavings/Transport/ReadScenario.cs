using Endless.Http.Connections;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A flow reads to the end of its stream, while the peer sends in pieces and somebody cancels the read once.</summary>
internal class ReadScenario : SocketScenario
{
    private readonly List<byte> _received = [];
    private int _canceled;

    public override void End()
    {
        base.End();
        Assert.Equal("ab"u8.ToArray(), _received);
        Assert.InRange(_canceled, 0, 1);
    }

    protected override void AddActors(Execution run)
    {
        run.Add("peer", () =>
        {
            Socket.Deliver("a"u8);
            Pass();
            Socket.Deliver("b"u8);
            Pass();
            Socket.EndByPeer();
        });
        run.Add("canceler", () => Connection.Input.CancelPendingRead());
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        while (true)
        {
            LeaveFlow();
            var result = await Connection.Input.ReadAsync().ConfigureAwait(false);
            EnterFlow();
            Take(result);
            if (result.IsCompleted) break;
        }
        LeaveFlow();
        return ConnectionOutcome.Close;
    }

    protected void Take(in System.IO.Pipelines.ReadResult result)
    {
        if (result.IsCanceled) _canceled++;
        foreach (var part in result.Buffer) _received.AddRange(part.Span);
        Connection.Input.AdvanceTo(result.Buffer.End);
    }
}
