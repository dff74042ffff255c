using System.Buffers;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Loops;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A flow beside its loop waits for what does not come, once in each direction: its deadlines end both, also where the loop sweeps just as it falls asleep.</summary>
internal sealed class DeadlineElsewhereScenario : SocketScenario
{
    public override string[] Watched => [.. base.Watched, nameof(EventLoop)];

    protected override void AddActors(Execution run)
    {
        Socket.Limit(0);
        Socket.Deliver("x"u8);
        run.Add("clock", () => run.Now += 100);
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        Connection.ReadDeadline = Connection.WriteDeadline = World.Now + 50;
        var timedOut = false;
        while (!timedOut)
        {
            await GoElsewhereAsync().ConfigureAwait(false);
            LeaveFlow();
            var result = await Connection.Input.ReadAsync().ConfigureAwait(false);
            EnterFlow();
            timedOut = Connection.ReadTimedOut;
            Connection.Input.AdvanceTo(result.Buffer.End);
        }
        await GoElsewhereAsync().ConfigureAwait(false);
        LeaveFlow();
        Connection.WriteDeadline = World.Now + 50;
        Connection.Output.Write("a"u8);
        var flush = await Connection.Output.FlushAsync().ConfigureAwait(false);
        EnterFlow();
        Assert.True(flush.IsCompleted);
        LeaveFlow();
        return ConnectionOutcome.Close;
    }
}
