using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Wrong;

/// <summary>A gate that looks and enters in two steps: between them another may close it.</summary>
internal sealed class WrongGateScenario : Scenario
{
    private int _word;
    private int _inside;
    private bool _isClosed;

    public override string[] Watched => [];

    public override bool IsWrong => true;

    public override void Begin(Execution run)
    {
        run.Add("user", () =>
        {
            if (Volatile.Read(ref _word) < 0) return;
            Interlocked.Increment(ref _word);
            _inside++;
            Pass();
            _inside--;
            Interlocked.Decrement(ref _word);
        });
        run.Add("closer", () =>
        {
            if (Interlocked.CompareExchange(ref _word, int.MinValue, 0) == 0) _isClosed = true;
        });
    }

    public override void Check() => Assert.False(_isClosed && _inside > 0, "Closed with somebody inside.");
}
