namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>epoll(7).</summary>
internal sealed class KernelEpoll : KernelFile
{
    private const uint Always = 0x008 | HangUp;
    private const uint EdgeTriggered = 1u << 31;

    private readonly Dictionary<KernelFile, (uint Mask, ulong Data)> _watched = [];
    private readonly List<KernelFile> _ready = [];

    public override uint Mask => HasEvents ? Input : 0;

    public bool HasEvents => _ready.Exists(file => Events(file) != 0);

    public void Watch(KernelFile file, uint mask, ulong data, bool isNew)
    {
        if (isNew) file.OnWatched(this);
        _watched[file] = (mask, data);
        OnChanged(file);
    }

    public void Forget(KernelFile file)
    {
        _watched.Remove(file);
        _ready.Remove(file);
    }

    public void OnChanged(KernelFile file)
    {
        if (_watched.ContainsKey(file) && Events(file) != 0 && !_ready.Contains(file)) _ready.Add(file);
    }

    /// <summary>The events there are, as masks and data.</summary>
    public List<(uint Mask, ulong Data)> Take(int most)
    {
        var events = new List<(uint, ulong)>();
        foreach (var file in _ready.ToArray())
        {
            if (events.Count == most) break;
            var (mask, data) = _watched[file];
            var happened = Events(file);
            if (happened == 0 || (mask & EdgeTriggered) != 0) _ready.Remove(file);
            if (happened != 0) events.Add((happened, data));
        }
        return events;
    }

    private uint Events(KernelFile file) => file.Mask & (_watched[file].Mask | Always);
}
