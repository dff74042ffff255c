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

/// <summary>eventfd(2).</summary>
internal sealed class KernelEvent : KernelFile
{
    public ulong Count { get; set; }

    public override uint Mask => Count > 0 ? Input : 0;
}

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

/// <summary>A connected stream socket, and its peer's hands on it.</summary>
internal sealed class KernelSocket : KernelFile
{
    private const int EAGAIN = 11;
    private const int ECONNRESET = 104;

    private readonly Queue<byte> _input = new();
    private bool _inputEnded;
    private bool _outputShut;
    private bool _isReset;

    /// <summary>Octets that can be sent before the socket is full.</summary>
    public int Free { get; private set; } = int.MaxValue;

    /// <summary>What was sent.</summary>
    public List<byte> Sent { get; } = [];

    public bool IsClosed { get; private set; }

    /// <summary>No more can be sent.</summary>
    public bool IsShut => _outputShut || IsClosed;

    public override uint Mask =>
        (_input.Count > 0 || _inputEnded ? Input : 0) | (Free > 0 || _outputShut ? Room : 0) | (_inputEnded ? PeerShut : 0) | ((_inputEnded && _outputShut) || _isReset ? HangUp : 0);

    /// <summary>The peer sends.</summary>
    public void Deliver(ReadOnlySpan<byte> data)
    {
        foreach (var octet in data) _input.Enqueue(octet);
        Changed();
    }

    /// <summary>The peer sends FIN.</summary>
    public void EndByPeer()
    {
        _inputEnded = true;
        Changed();
    }

    /// <summary>The peer is gone.</summary>
    public void ResetByPeer()
    {
        _isReset = _inputEnded = true;
        Changed();
    }

    /// <summary>So much can be sent from now on.</summary>
    public void Limit(int free)
    {
        Free = free;
        if (free > 0) Changed();
    }

    public nint Receive(Span<byte> buffer)
    {
        var count = 0;
        while (count < buffer.Length && _input.TryDequeue(out var octet)) buffer[count++] = octet;
        if (count > 0) return count;
        if (_isReset) return -ECONNRESET;
        return _inputEnded ? 0 : -EAGAIN;
    }

    public nint Send(ReadOnlySpan<byte> data)
    {
        if (_outputShut || _isReset) return -ECONNRESET;
        var count = Math.Min(Free, data.Length);
        if (count == 0) return -EAGAIN;
        Sent.AddRange(data[..count]);
        if (Free != int.MaxValue) Free -= count;
        return count;
    }

    public void ShutDown(int how)
    {
        if (how != 0) _outputShut = true;
        if (how != 1) _inputEnded = true;
        Changed();
    }

    public override void Close()
    {
        base.Close();
        IsClosed = true;
    }
}
