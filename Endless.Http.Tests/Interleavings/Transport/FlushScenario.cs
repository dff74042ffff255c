using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A flow sends more than its peer takes, which makes room now and then, and somebody cancels the flush once.</summary>
internal sealed class FlushScenario : SocketScenario
{
    private int _canceled;

    public override void End()
    {
        base.End();
        Assert.Equal("abcd"u8.ToArray(), Socket.Sent);
        Assert.InRange(_canceled, 0, 1);
    }

    protected override void AddActors(Execution run)
    {
        Socket.Limit(1);
        Socket.Deliver("x"u8);
        run.Add("peer", () =>
        {
            Socket.Limit(2);
            Pass();
            Socket.Limit(1);
            Pass();
            Socket.Limit(4);
        });
        run.Add("canceler", () => Connection.Output.CancelPendingFlush());
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        Connection.Output.Write("abcd"u8);
        FlushResult result;
        do
        {
            LeaveFlow();
            result = await Connection.Output.FlushAsync().ConfigureAwait(false);
            EnterFlow();
            Assert.False(result.IsCompleted);
            if (result.IsCanceled) _canceled++;
        }
        while (result.IsCanceled);
        LeaveFlow();
        return ConnectionOutcome.Close;
    }
}
