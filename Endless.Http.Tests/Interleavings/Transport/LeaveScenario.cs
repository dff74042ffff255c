using Endless.Http.Connections;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A connection that idles is asked to leave, before it starts or at any time later, while its peer sends: it does.</summary>
internal sealed class LeaveScenario : SocketScenario
{
    protected override void AddActors(Execution run)
    {
        run.Add("peer", () => Socket.Deliver("a"u8));
        run.Add("restart", () => Connection.RequestLeave(LeaveRequest.Drain));
    }

    protected override ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        while (Connection.Input.TryRead(out var result)) Connection.Input.AdvanceTo(result.Buffer.End);
        var outcome = Connection.Leave == LeaveRequest.None ? ConnectionOutcome.Idle : ConnectionOutcome.Close;
        LeaveFlow();
        return new(outcome);
    }
}
