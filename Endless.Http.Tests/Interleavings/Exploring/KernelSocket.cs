namespace Endless.Http.Tests.Interleavings.Exploring;

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
