using System.Threading.Tasks.Sources;
using Endless.Http.Connections;

namespace Endless.Http.Loops;

/// <summary>One turn given to everything else on a loop.</summary>
internal sealed class LoopYield(EventLoop loop, Connection? connection = null) : IValueTaskSource, IThreadPoolWorkItem, IConnectionWork
{
    private ManualResetValueTaskSourceCore<bool> _source;

    /// <summary>The connection whose flow goes on afterwards, for the monitor; null if it is no connection's.</summary>
    public Connection? Connection => connection;

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
