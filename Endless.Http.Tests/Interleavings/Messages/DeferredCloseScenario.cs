using Endless.Http.Semantics;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Messages;

/// <summary>Two flows use one direction of a connection, two others close it: it is closed once, with nobody inside, and nobody comes in afterwards.</summary>
internal sealed class DeferredCloseScenario : Scenario
{
    private DeferredClose _close = null!;
    private int _inside;
    private int _shut;
    private int _closed;

    public override string[] Watched => [nameof(DeferredClose)];

    public override string[] WatchedFields => [nameof(DeferredClose)];

    public override int Preemptions => 3;

    public override void Begin(Execution run)
    {
        _close = new DeferredClose(OnClosed);
        run.Add("reader", Use);
        run.Add("writer", Use);
        run.Add("closer", Close);
        run.Add("disposer", Close);
    }

    public override void Check() => Assert.False(_closed > 0 && _inside > 0, "Closed while somebody is inside.");

    public override void End()
    {
        Assert.Equal(1, _shut);
        Assert.Equal(1, _closed);
    }

    private void Use()
    {
        for (var i = 0; i < 2; i++)
        {
            var wasShut = _shut > 0;
            if (!_close.TryEnter()) continue;
            Assert.False(wasShut, "In after it was shut.");
            _inside++;
            Pass();
            Assert.Equal(0, _closed);
            _inside--;
            _close.Leave();
        }
    }

    private void Close()
    {
        if (!_close.TryShut(out _)) return;
        _shut++;
        Assert.Equal(0, _closed);
        _close.Leave();
    }

    private void OnClosed()
    {
        Assert.Equal(0, _inside);
        _closed++;
    }
}
