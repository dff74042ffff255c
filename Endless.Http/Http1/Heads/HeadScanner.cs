using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// Looks at the head of a request as it arrives, and says as soon as can be that it will be refused. An automaton over bytes: what it says depends on the
/// bytes so far and not on how they were cut, and where several rules are broken, the first byte in error decides.
/// </summary>
internal struct HeadScanner
{
    private int _position;
    private int _lineStart;
    private int _fields;

    /// <summary>Goes on from where the last call stopped.</summary>
    /// <param name="head">All of the head so far, from its first byte; at least one.</param>
    /// <param name="limits">The limits to hold it to.</param>
    public Rejection? Scan(ReadOnlySpan<byte> head, ProtocolLimits limits)
    {
        var visible = head.Length > limits.MaxHeaderBytes ? head[..limits.MaxHeaderBytes] : head;
        while (_position < visible.Length)
        {
            if (_position == _lineStart && CheckFirstByte(visible[_position]) is { } refused) return refused;

            var found = visible[_position..].IndexOfAny(FieldGrammar.ControlBytes);
            var end = found < 0 ? visible.Length : _position + found;
            if (_lineStart == 0 && end > limits.MaxRequestLineBytes) return RequestLine.TooLong(visible[..limits.MaxRequestLineBytes]);
            _position = end;
            if (found < 0) break;

            if (visible[end] != '\r') return SyntaxErrors.ControlCharacter;
            if (end + 1 == visible.Length) break;
            if (visible[end + 1] != '\n') return SyntaxErrors.ControlCharacter;
            if (_lineStart == 0)
            {
                if (RequestLine.Parse(visible[..end], out _) is { } malformed) return malformed;
            }
            else if (end > _lineStart && ++_fields > limits.MaxHeaderCount)
            {
                return SyntaxErrors.TooManyFields;
            }
            else if (end == _lineStart)
            {
                return null;
            }
            _position = _lineStart = end + 2;
        }
        return head.Length > limits.MaxHeaderBytes ? Rejections.HeaderTooLarge : null;
    }

    private readonly Rejection? CheckFirstByte(byte first)
    {
        if (FieldGrammar.TokenBytes.Contains(first)) return null;
        // 22 begins a TLS handshake record (RFC 8446 section 5.1).
        if (_lineStart == 0) return first == 0x16 ? SyntaxErrors.TlsOnPlainPort : SyntaxErrors.NotHttp;
        return first == '\r' ? null : first is < 0x20 and not (byte)'\t' or 0x7f ? SyntaxErrors.ControlCharacter : SyntaxErrors.FieldLine;
    }
}
