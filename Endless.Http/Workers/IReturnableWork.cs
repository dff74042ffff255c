namespace Endless.Http.Workers;

/// <summary>Work that may run on a worker, and can go back to where it came from if there is none for it.</summary>
internal interface IReturnableWork : IThreadPoolWorkItem
{
    /// <summary>It has waited for a thread in vain: it runs where it came from. Any thread; also under the pool's lock, so it only posts.</summary>
    void Return();
}
