using System.Runtime.CompilerServices;

namespace Endless.Http.Workers;

/// <summary><c>await new WorkerSwitch(pool, site)</c> goes on on a worker thread: at once where it is one already.</summary>
internal readonly struct WorkerSwitch(WorkerPool pool, BlockingSite? site) : ICriticalNotifyCompletion
{
    public bool IsCompleted => WorkerPool.IsWorkerThread;

    public WorkerSwitch GetAwaiter() => this;

    public void GetResult() { }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => pool.Run(new Continuation(continuation), site);

    private sealed class Continuation(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
