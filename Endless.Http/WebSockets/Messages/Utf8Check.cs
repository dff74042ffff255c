using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Endless.Http.WebSockets;

/// <summary>Checks text that comes in pieces, each byte as it comes (RFC 6455 section 8.1). A mutable struct, a field of its owner.</summary>
internal struct Utf8Check
{
    private uint _begun;            // a code point of which the rest has not come, its first byte lowest
    private int _length;

    /// <summary>Nothing is left in the middle of a code point.</summary>
    public readonly bool IsWhole => _length == 0;

    /// <summary>For the next text.</summary>
    public void Reset() => (_begun, _length) = (0, 0);

    /// <summary>False if no text can begin with what has come so far.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        while (_length > 0 && !bytes.IsEmpty)
        {
            if (!TryAddToBegun(bytes[0])) return false;
            bytes = bytes[1..];
        }
        var begun = LengthOfBegun(bytes);
        if (!Utf8.IsValid(bytes[..^begun])) return false;
        foreach (var one in bytes[^begun..])
            if (!TryAddToBegun(one)) return false;
        return true;
    }

    private bool TryAddToBegun(byte one)
    {
        _begun |= (uint)one << (8 * _length++);
        Span<byte> bytes = [(byte)_begun, (byte)(_begun >> 8), (byte)(_begun >> 16), (byte)(_begun >> 24)];
        switch (Rune.DecodeFromUtf8(bytes[.._length], out _, out _))
        {
            case OperationStatus.NeedMoreData:
                return true;
            case OperationStatus.Done:
                Reset();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Bytes at the end that begin a code point and do not end it, whether a right one or not.</summary>
    private static int LengthOfBegun(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            var one = bytes[^length];
            if (one < 0x80) return 0;
            if (one < 0xc0) continue;
            return length < (one < 0xe0 ? 2 : one < 0xf0 ? 3 : 4) ? length : 0;
        }
        return 0;
    }
}
