using Endless.Http.Http1;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>The engine sends 100 Continue and flushes earlier responses while a response begins, stops after an interim one, and begins again: one of the two writes at a time, and the response comes.</summary>
internal sealed class OutputOwnershipScenario : Scenario
{
    private readonly OutputOwnership _ownership = new();
    private int _inside;
    private bool _isResponseLast;

    public override string[] Watched => [nameof(OutputOwnership)];

    public override string[] WatchedFields => [nameof(OutputOwnership)];

    public override int Preemptions => 4;

    public override void Begin(Execution run)
    {
        _ownership.Reset();
        run.Add("engine", () =>
        {
            for (var i = 0; i < 3; i++)
            {
                if (!_ownership.TryEnter()) continue;
                Assert.False(_isResponseLast, "The engine writes into a response.");
                Write();
                _ownership.Exit();
            }
        });
        run.AddFlow("response", async () =>
        {
            await _ownership.BeginResponseAsync().ConfigureAwait(false);
            Write();
            await _ownership.BeginResponseAsync().ConfigureAwait(false);
            Write();
            _ownership.PauseResponse();
            await _ownership.BeginResponseAsync().ConfigureAwait(false);
            _isResponseLast = true;
            Write();
        });
    }

    public override void End() => Assert.False(_ownership.TryEnter());

    private void Write()
    {
        Assert.True(++_inside == 1, "Two write at once.");
        Pass();
        _inside--;
    }
}
