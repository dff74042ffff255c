using System.Runtime.CompilerServices;

namespace Endless.Http.Workers;

/// <summary>Awaited to continue on a worker thread: at once where there is one already.</summary>
internal readonly struct WorkerSwitch(WorkerPool pool, CallSite? site) : ICriticalNotifyCompletion
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
