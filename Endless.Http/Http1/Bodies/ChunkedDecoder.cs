using System.Buffers;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// Takes the chunked transfer coding off a body (RFC 9112 section 7.1). An automaton over bytes, so that it makes no difference how they were cut; every byte
/// that its grammar does not name at that place is refused, a bare LF in an extension among them (CVE-2025-55315).
/// </summary>
internal struct ChunkedDecoder(ProtocolLimits limits)
{
    // Extensions are thrown away, so they may not cost more than the data does: as many bytes as of data, and this many more.
    private const int FreeExtensionBytes = 16 * 1024;

    private State _state;
    private long _size;
    private long _extensionBytes;
    private long _dataBytes;
    private byte[]? _trailer;
    private int _trailerLength;

    private enum State
    {
        SizeStart,
        Size,
        SpaceBeforeSemicolon,
        AfterSemicolon,
        ExtensionName,
        SpaceAfterName,
        AfterEquals,
        ExtensionValue,
        Quoted,
        QuotedPair,
        AfterQuoted,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        Trailer,
        Ended,
    }

    /// <summary>The last chunk and the trailer section behind it have been read.</summary>
    public readonly bool IsEnded => _state == State.Ended;

    /// <summary>Bytes of data so far.</summary>
    public readonly long DataBytes => _dataBytes;

    /// <summary>Decodes bytes up to the end of the body. Null if nothing is wrong with them.</summary>
    /// <param name="input">The next bytes of the connection.</param>
    /// <param name="output">Where the data goes; null to throw it away.</param>
    /// <param name="limit">How many bytes of data there may be in all.</param>
    /// <param name="trailers">Where the trailer fields go.</param>
    /// <param name="consumed">How many bytes of <paramref name="input"/> belong to the body.</param>
    public Rejection? Decode(ReadOnlySpan<byte> input, IBufferWriter<byte>? output, in BodyLimit limit, FieldLines trailers, out int consumed)
    {
        var at = 0;
        Rejection? refused = null;
        while (refused is null && at < input.Length && _state != State.Ended)
        {
            if (_state == State.Data)
            {
                // Not only as a chunk begins: the handler may have lowered the limit since.
                if (!limit.Allows(_size, before: _dataBytes))
                {
                    refused = Rejections.BodyTooLarge;
                    break;
                }
                var data = input.Slice(at, (int)Math.Min(_size, input.Length - at));
                output?.Write(data);
                at += data.Length;
                _dataBytes += data.Length;
                _size -= data.Length;
                if (_size == 0) _state = State.DataReturn;
            }
            else if (_state == State.Trailer)
            {
                refused = AddToTrailer(input[at++], trailers);
            }
            else
            {
                var c = input[at++];
                refused = Step(c);
                if (refused is null && _state == State.Data && !limit.Allows(_size, before: _dataBytes)) refused = Rejections.BodyTooLarge;
            }
        }
        consumed = at;
        return refused;
    }

    /// <summary>Gives the trailer section's buffer back. The trailers must not be used any more.</summary>
    public void Release()
    {
        if (_trailer is not null) ArrayPool<byte>.Shared.Return(_trailer);
        _trailer = null;
    }

    private Rejection? Step(byte c)
    {
        var next = _state switch
        {
            State.SizeStart => HexDigit.Value(c) >= 0 ? AddDigit(c) : State.Ended,
            State.Size => HexDigit.Value(c) >= 0 ? AddDigit(c) : AfterElement(c),
            State.SpaceBeforeSemicolon => IsSpace(c) ? _state : c == ';' ? State.AfterSemicolon : State.Ended,
            State.AfterSemicolon => IsSpace(c) ? _state : IsToken(c) ? State.ExtensionName : State.Ended,
            State.ExtensionName => IsToken(c) ? _state : c == '=' ? State.AfterEquals : IsSpace(c) ? State.SpaceAfterName : AfterElement(c),
            State.SpaceAfterName => IsSpace(c) ? _state : c == '=' ? State.AfterEquals : c == ';' ? State.AfterSemicolon : State.Ended,
            State.AfterEquals => IsSpace(c) ? _state : c == '"' ? State.Quoted : IsToken(c) ? State.ExtensionValue : State.Ended,
            State.ExtensionValue => IsToken(c) ? _state : AfterElement(c),
            State.Quoted => c == '"' ? State.AfterQuoted : c == '\\' ? State.QuotedPair : IsText(c) ? _state : State.Ended,
            State.QuotedPair => IsText(c) ? State.Quoted : State.Ended,
            State.AfterQuoted => AfterElement(c),
            State.SizeLineFeed => c != '\n' ? State.Ended : _size > 0 ? State.Data : State.Trailer,
            State.DataReturn => c == '\r' ? State.DataLineFeed : State.Ended,
            State.DataLineFeed => c == '\n' ? State.SizeStart : State.Ended,
            _ => State.Ended,
        };
        // Ended stands for a byte that has no place here: the real end is reached through the trailer section only.
        if (next == State.Ended) return SyntaxErrors.Chunk;
        if (next is >= State.SpaceBeforeSemicolon and <= State.AfterQuoted && ++_extensionBytes > FreeExtensionBytes + _dataBytes) return SyntaxErrors.ChunkExtensions;
        _state = next;
        return null;
    }

    private State AddDigit(byte c)
    {
        if (_state == State.SizeStart) _size = 0;
        // 2^59 - 1 still takes one more digit without overflow. Zeros in front count as what they cost.
        if (_size >> 59 != 0 || (_size == 0 && _state == State.Size && ++_extensionBytes > FreeExtensionBytes + _dataBytes)) return State.Ended;
        _size = (_size << 4) | (uint)HexDigit.Value(c);
        return State.Size;
    }

    private static State AfterElement(byte c) =>
        c == '\r' ? State.SizeLineFeed : c == ';' ? State.AfterSemicolon : IsSpace(c) ? State.SpaceBeforeSemicolon : State.Ended;

    private static bool IsSpace(byte c) => c is (byte)' ' or (byte)'\t';

    private static bool IsToken(byte c) => FieldGrammar.TokenBytes.Contains(c);

    // HTAB, SP, VCHAR and obs-text (RFC 9110 section 5.6.4); quotes and backslashes are dealt with before.
    private static bool IsText(byte c) => c is (byte)'\t' or (>= 0x20 and not 0x7f);

    private Rejection? AddToTrailer(byte c, FieldLines trailers)
    {
        if (_trailerLength == limits.MaxTrailerBytes) return SyntaxErrors.TrailerTooLarge;
        if (_trailer is null)
        {
            _trailer = ArrayPool<byte>.Shared.Rent(256);
        }
        else if (_trailerLength == _trailer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_trailerLength * 2);
            _trailer.AsSpan(0, _trailerLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_trailer);
            _trailer = larger;
        }
        _trailer[_trailerLength++] = c;

        var section = _trailer.AsSpan(0, _trailerLength);
        if (c != '\n')
        {
            // A bare CR shows with the byte behind it; what else is wrong with a line, when the section is complete.
            return section.Length > 1 && section[^2] == '\r' ? SyntaxErrors.Trailer : null;
        }
        if (section.Length < 2 || section[^2] != '\r') return SyntaxErrors.Trailer;
        if (section.Length > 2 && !section.EndsWith("\r\n\r\n"u8)) return null;

        _state = State.Ended;
        trailers.Attach(_trailer);
        if (FieldSection.Parse(_trailer, 0, _trailerLength, limits.MaxHeaderCount, trailers) is { } refused)
            return refused.Status == 431 ? SyntaxErrors.TrailerTooLarge : SyntaxErrors.Trailer;
        for (var i = 0; i < trailers.Count; i++)
            if (TrailerFields.IsForbidden(trailers.NameAt(i))) return SyntaxErrors.Trailer;
        return null;
    }
}
