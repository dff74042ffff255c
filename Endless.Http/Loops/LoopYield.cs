using System.Threading.Tasks.Sources;
using Endless.Http.Workers;

namespace Endless.Http.Loops;

/// <summary>One turn given to everything else on a loop.</summary>
/// <param name="loop">The loop.</param>
/// <param name="owner">Whose flow goes on afterwards; null if it is no connection's.</param>
internal sealed class LoopYield(IPostTarget loop, ICallbackOwner? owner) : IValueTaskSource, IThreadPoolWorkItem, ICallbackOwner
{
    private ManualResetValueTaskSourceCore<bool> _source;

    public BlockingSite? ActiveSite => owner?.ActiveSite;

    /// <summary>Completes in the loop's next round.</summary>
    public ValueTask WaitAsync()
    {
        var task = new ValueTask(this, _source.Version);
        loop.Post(this);
        return task;
    }

    void IThreadPoolWorkItem.Execute() => _source.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
