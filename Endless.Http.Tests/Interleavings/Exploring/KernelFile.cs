namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>An open file of <see cref="Kernel"/>.</summary>
internal abstract class KernelFile
{
    protected const uint Input = 0x001;
    protected const uint Room = 0x004;
    protected const uint HangUp = 0x010;
    protected const uint PeerShut = 0x2000;

    private readonly List<KernelEpoll> _watchers = [];

    /// <summary>What poll would say now.</summary>
    public abstract uint Mask { get; }

    /// <summary>It may be ready where it was not: an edge.</summary>
    public void Changed()
    {
        foreach (var watcher in _watchers) watcher.OnChanged(this);
    }

    public void OnWatched(KernelEpoll epoll) => _watchers.Add(epoll);

    public virtual void Close()
    {
        foreach (var watcher in _watchers) watcher.Forget(this);
        _watchers.Clear();
    }
}
