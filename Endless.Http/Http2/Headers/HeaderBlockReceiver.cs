using System.Buffers;
using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;

namespace Endless.Http.Http2;

/// <summary>Takes HEADERS and CONTINUATION in (RFC 9113 sections 6.2 and 6.10), and decodes their blocks into header sections. Guarded by the connection's gate.</summary>
internal sealed class HeaderBlockReceiver(ConnectionParts parts, HeaderSectionReceiver sections)
{
    private readonly HpackDecoder _decoder = new();
    private readonly HeaderFieldList _fields = new(parts.Context.Limits.MaxHeaderBytes, parts.Context.Limits.MaxHeaderCount + 4, Http2Limits.MaxReferenced); // and four pseudo-headers
    // Some way above the limit of the list, so that a request a little over it gets its 431.
    private readonly HeaderBlock _block = new(2 * parts.Context.Limits.MaxHeaderBytes);
    private readonly RepeatedBlock _repeated = new(); // of what is in _fields and in the sections' head
    private int _decoded; // octets of header blocks

    /// <summary>A header block is under way since this time, in milliseconds of <see cref="Connections.Connection.Now"/>; 0 if none is.</summary>
    public long Since { get; private set; }

    /// <summary>Whether this frame may come now: a block is not interrupted (section 4.3).</summary>
    public bool Admits(in FrameHeader frame) => !_block.IsOpen || (frame.Type == FrameType.Continuation && frame.StreamId == _block.First.StreamId);

    /// <summary>So many octets of header blocks were decoded since the last call that others are to have their turn.</summary>
    public bool TakeHeavyWork()
    {
        if (_decoded < Http2Limits.DecodedPerTurn) return false;
        _decoded = 0;
        return true;
    }

    /// <summary>HEADERS came.</summary>
    public Http2Error Begin(in FrameHeader frame, ReadOnlySequence<byte> payload)
    {
        if (FramePayload.OpenHeaders(frame, ref payload, out var dependency) is { IsError: true } error) return error;
        if (frame.EndHeaders && payload.IsSingleSegment) return OnBlock(frame, dependency, payload.FirstSpan);
        error = _block.Begin(frame, dependency, payload);
        if (error.IsError) return error;
        if (frame.EndHeaders)
        {
            error = OnBlock(frame, dependency, _block.Octets);
            _block.Close();
            return error;
        }
        Since = parts.Transport.Now;
        _repeated.Forget();
        Forget();
        _decoder.Begin();
        return OnFragment(isEnd: false);
    }

    /// <summary>CONTINUATION came.</summary>
    public Http2Error GoOn(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        if (!_block.IsOpen) return Http2Error.Protocol("CONTINUATION does not follow HEADERS.");
        if (_block.Append(payload) is { IsError: true } error) return error;
        if (OnFragment(frame.EndHeaders) is { IsError: true } wrong) return wrong;
        if (!frame.EndHeaders) return default;
        Since = 0;
        _block.Close();
        parts.Budget.TryHoldBlock(0);
        var isRead = false;
        error = sections.Receive(_block.First, _block.Dependency, _fields, ref isRead);
        Forget();
        return error;
    }

    /// <summary>Decodes as much of an open block as there is whole: a block of 2 MiB, in one go at its end, would hold up the loop for a tenth of a second.</summary>
    private Http2Error OnFragment(bool isEnd)
    {
        _decoded += _block.Octets.Length;
        if (!_decoder.TryDecode(_block.Octets, isEnd, _fields, out var consumed)) return Undecodable;
        _block.Consume(consumed);
        // A block that is being decoded cannot be given up without the connection.
        return parts.Budget.TryHoldBlock(_block.Room + _fields.Size) ? default : Http2Error.Calm("The server holds as much of header sections as it can.");
    }

    private Http2Error OnBlock(in FrameHeader frame, int dependency, ReadOnlySpan<byte> octets)
    {
        // Every block is decoded, even of a refused request: the next one may refer to its table entries (section 4.3). Not so a repeat of the last request's, which left the table as it is.
        var isRead = _repeated.Repeats(octets, frame.EndStream, _decoder.Table.Version);
        if (!isRead)
        {
            _fields.Clear();
            _decoded += octets.Length;
            if (!_decoder.Decode(octets, _fields)) return Undecodable;
        }
        var error = sections.Receive(frame, dependency, _fields, ref isRead);
        if (isRead) _repeated.Confirm();
        // Kept for the next request where that may be the same once more. Else an idle connection would hold the last section: 2 MB after a field of one.
        if (!_repeated.IsConfirmed) Forget();
        return error;
    }

    private void Forget()
    {
        _fields.Clear();
        sections.Forget();
    }

    private static Http2Error Undecodable => Http2Error.Connection(ErrorCode.CompressionError, "A header block cannot be decoded.");
}
