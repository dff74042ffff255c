using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Wrong;

/// <summary>Two locks, a new one and a monitor, taken in either order.</summary>
internal sealed class LockOrderScenario : Scenario
{
    private readonly Lock _first = new();
    private readonly object _second = new();

    public override string[] Watched => [];

    public override bool IsWrong => true;

    public override void Begin(Execution run)
    {
        run.Add("one", () =>
        {
            lock (_first)
                lock (_second) Pass();
        });
        run.Add("other", () =>
        {
            lock (_second)
                lock (_first) Pass();
        });
    }
}
