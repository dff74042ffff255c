using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Wrong;

/// <summary>A flow that looks for news and then says that it sleeps: news that come in between wake nobody.</summary>
internal sealed class LostWakeScenario : Scenario
{
    private readonly TaskCompletionSource _woken = new();
    private int _news;
    private int _sleeps;

    public override string[] Watched => [];

    public override bool IsWrong => true;

    public override void Begin(Execution run)
    {
        run.AddFlow("flow", async () =>
        {
            if (Volatile.Read(ref _news) != 0) return;
            Volatile.Write(ref _sleeps, 1);
            await _woken.Task;
        });
        run.Add("loop", () =>
        {
            Volatile.Write(ref _news, 1);
            if (Volatile.Read(ref _sleeps) != 0) _woken.SetResult();
        });
    }
}
