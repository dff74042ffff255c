using System.Buffers;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A flow beside its loop reads what does not come, then flushes into a full socket: each goes on only because it is canceled once, whenever that was.</summary>
internal sealed class CancelElsewhereScenario : SocketScenario
{
    private bool _isRead;

    public override int Preemptions => 0;

    protected override void AddActors(Execution run)
    {
        Socket.Limit(0);
        Socket.Deliver("x"u8);
        run.Add("reading", () => Connection.Input.CancelPendingRead());
        run.Add("flushing", () => Connection.Output.CancelPendingFlush());
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        while (!_isRead)
        {
            await GoElsewhereAsync().ConfigureAwait(false);
            LeaveFlow();
            var result = await Connection.Input.ReadAsync().ConfigureAwait(false);
            EnterFlow();
            _isRead = result.IsCanceled;
            Connection.Input.AdvanceTo(result.Buffer.End);
        }
        await GoElsewhereAsync().ConfigureAwait(false);
        LeaveFlow();
        Connection.Output.Write("a"u8);
        var flush = await Connection.Output.FlushAsync().ConfigureAwait(false);
        EnterFlow();
        Assert.True(flush.IsCanceled);
        LeaveFlow();
        return ConnectionOutcome.Close;
    }
}
