using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>The peer sends once and then falls silent, as the deadline may already pass: the read that waits then gives up, and says why.</summary>
internal sealed class DeadlineScenario : SocketScenario
{
    private bool _timedOut;
    private int _received;

    public override string[] Watched => [.. base.Watched, nameof(EventLoop)];

    public override void End()
    {
        base.End();
        Assert.True(_timedOut);
        Assert.InRange(_received, 0, 1);
    }

    protected override void AddActors(Execution run)
    {
        Connection.ReadDeadline = run.Now + 100;
        run.Add("peer", () => Socket.Deliver("a"u8));
        run.Add("clock", () => run.Now += 100);
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        while (true)
        {
            LeaveFlow();
            var result = await Connection.Input.ReadAsync().ConfigureAwait(false);
            EnterFlow();
            _timedOut = Connection.ReadTimedOut;
            _received += (int)result.Buffer.Length;
            Connection.Input.AdvanceTo(result.Buffer.End);
            Assert.Equal(_timedOut, result.IsCanceled);
            if (_timedOut) break;
            Connection.ReadDeadline = World.Now + 50;
        }
        LeaveFlow();
        return ConnectionOutcome.Close;
    }
}
