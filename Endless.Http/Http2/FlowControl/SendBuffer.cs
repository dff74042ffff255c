using System.Buffers;
using Endless.Http.Budgets;

namespace Endless.Http.Http2;

/// <summary>
/// What a response has to send and its windows do not yet allow: copied octets, and behind them at most one piece of memory borrowed from the
/// handler that waits for it. Guarded by the connection's gate.
/// </summary>
/// <param name="held">Where what is copied counts.</param>
internal sealed class SendBuffer(Holding held)
{
    private byte[] _copied = [];
    private int _start;
    private int _end;
    private ReadOnlyMemory<byte> _borrowed;

    /// <summary>Octets to send.</summary>
    public int Length => _end - _start + _borrowed.Length;

    /// <summary>The next octets in one piece; empty only if there are none.</summary>
    public ReadOnlySpan<byte> First => _end > _start ? _copied.AsSpan(_start, _end - _start) : _borrowed.Span;

    /// <summary>Copies octets to the end.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        KeepBorrowed();
        if (_copied.Length - _end < data.Length) MakeRoom(data.Length);
        data.CopyTo(_copied.AsSpan(_end));
        _end += data.Length;
    }

    /// <summary>Takes memory to the end that stays as it is until it is sent.</summary>
    public void Borrow(ReadOnlyMemory<byte> data)
    {
        KeepBorrowed();
        _borrowed = data;
    }

    /// <summary>Copies borrowed memory: its owner waits no longer.</summary>
    public void KeepBorrowed()
    {
        if (_borrowed.IsEmpty) return;
        var rest = _borrowed;
        _borrowed = default;
        Append(rest.Span);
    }

    /// <summary>The first octets were sent.</summary>
    public void Advance(int count)
    {
        if (_end == _start)
        {
            _borrowed = _borrowed[count..];
            return;
        }
        _start += count;
        if (_start == _end) ReturnCopied();
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        _borrowed = default;
        ReturnCopied();
    }

    private void MakeRoom(int count)
    {
        var length = _end - _start;
        var larger = ArrayPool<byte>.Shared.Rent(length + count);
        _copied.AsSpan(_start, length).CopyTo(larger);
        ReturnCopied();
        _copied = larger;
        held.Add(larger.Length);
        _end = length;
    }

    private void ReturnCopied()
    {
        if (_copied.Length > 0)
        {
            held.Remove(_copied.Length);
            ArrayPool<byte>.Shared.Return(_copied);
        }
        _copied = [];
        _start = _end = 0;
    }
}
