using Endless.Http.Loops;
using Endless.Http.Tests.Interleavings.Exploring;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>Two threads post to a loop that falls asleep, while the monitor takes it from a callback: each post runs once, in its thread's order, and the loop has one runner at a time.</summary>
internal sealed class LoopScenario : Scenario
{
    private readonly List<string> _ran = [];
    private EventLoopGroup _group = null!;
    private EventLoop _loop = null!;
    private int _runners;

    public override string[] Watched => [nameof(EventLoop), nameof(PostedWork)];

    public override string[] WatchedFields => [nameof(PostedWork)];

    public override void Begin(Execution run)
    {
        _group = new EventLoopGroup(1, NullLogger.Instance);
        _loop = _group.Loops[0];
        run.Add("first", () =>
        {
            _loop.Post(new Work(this, "a1"));
            _loop.Post(new Work(this, "a2"));
        });
        run.Add("second", () => _loop.Post(new Work(this, "b")));
        run.Add("monitor", () =>
        {
            var position = _loop.Position(out var inside);
            if (inside && _loop.Supersede(position, isForced: true)) _runners--; // what it was in goes on beside the loop
        });
    }

    public override void Stop() => _group.Dispose();

    public override void Check() => Assert.InRange(_runners, -1, 1);

    public override void End()
    {
        Assert.Equal(["a1", "a2", "b"], _ran.Order());
        if (_loop.Superseded == 0) Assert.True(_ran.IndexOf("a1") < _ran.IndexOf("a2"));
        Assert.Equal(-_loop.Superseded, _runners);
    }

    private sealed class Work(LoopScenario scenario, string name) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            scenario._runners++;
            scenario._ran.Add(name);
            Pass();
            scenario._runners--;
        }
    }
}
