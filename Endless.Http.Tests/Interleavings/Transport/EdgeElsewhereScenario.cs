using System.Buffers;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A flow beside its loop reads what comes and then flushes as room is made: no edge is lost, wherever the flow is.</summary>
internal sealed class EdgeElsewhereScenario : SocketScenario
{
    private int _received;

    protected override void AddActors(Execution run)
    {
        Socket.Limit(0);
        run.Add("sender", () =>
        {
            Socket.Deliver("a"u8);
            Pass();
            Socket.Deliver("b"u8);
        });
        run.Add("receiver", () => Socket.Limit(1));
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        while (_received < 2)
        {
            await GoElsewhereAsync().ConfigureAwait(false);
            LeaveFlow();
            var result = await Connection.Input.ReadAsync().ConfigureAwait(false);
            EnterFlow();
            _received += (int)result.Buffer.Length;
            Connection.Input.AdvanceTo(result.Buffer.End);
        }
        await GoElsewhereAsync().ConfigureAwait(false);
        LeaveFlow();
        Connection.Output.Write("c"u8);
        var flush = await Connection.Output.FlushAsync().ConfigureAwait(false);
        EnterFlow();
        Assert.False(flush.IsCanceled || flush.IsCompleted);
        LeaveFlow();
        return ConnectionOutcome.Close;
    }
}
