using Endless.Http.Connections;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>As <see cref="ReadScenario"/>, with an engine that leaves the waiting to the transport whenever there is nothing to read.</summary>
internal sealed class IdleScenario : ReadScenario
{
    protected override ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        var outcome = ConnectionOutcome.Idle;
        while (Connection.Input.TryRead(out var result))
        {
            Take(result);
            if (!result.IsCompleted) continue;
            outcome = ConnectionOutcome.Close;
            break;
        }
        LeaveFlow();
        return new(outcome);
    }
}
