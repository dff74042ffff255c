using System.Buffers;
using System.IO.Pipelines;

namespace Endless.Http.Forms;

/// <summary>A multipart body on its way: the content of the current part, then the delimiter and the header of the next. Holds no more than a header section of it.</summary>
/// <param name="pipe">The body.</param>
/// <param name="scanner">Knows the boundary.</param>
/// <param name="options">The limits.</param>
/// <param name="maxBytes">Of the whole body; negative for no limit.</param>
internal sealed class MultipartBody(PipeReader pipe, BoundaryScanner scanner, FormOptions options, long maxBytes)
{
    private ReadOnlySequence<byte> _buffer;
    private ReadOnlySequence<byte> _content;
    private long _bytes;
    private bool _isDelimited;

    /// <summary>The content of the current part, as it comes; complete where the delimiter follows. The preamble is the content of no part.</summary>
    /// <exception cref="HttpErrorException">The body ends before, or is larger than it may be.</exception>
    public async ValueTask<ReadResult> ReadContentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (Show(result, out var shown)) return shown;
        }
    }

    /// <summary>The same, if it is there already.</summary>
    public bool TryReadContent(out ReadResult result)
    {
        while (pipe.TryRead(out var read))
            if (Show(read, out result)) return true;
        result = default;
        return false;
    }

    /// <inheritdoc cref="PipeReader.AdvanceTo(SequencePosition, SequencePosition)"/>
    public void AdvanceContent(SequencePosition consumed, SequencePosition examined)
    {
        var count = _content.Slice(0, consumed).Length;
        var isAllExamined = _content.Slice(examined).IsEmpty;
        scanner.Consumed(count);
        _bytes += count;
        _content = default;
        // Where the delimiter is known a read shows the end at once; elsewhere one that has seen all waits for more than the beginning of a delimiter that may be behind it.
        pipe.AdvanceTo(consumed, isAllExamined ? _isDelimited ? consumed : _buffer.End : examined);
    }

    public void CancelPendingRead() => pipe.CancelPendingRead();

    /// <summary>Passes over what is left of the current part.</summary>
    public async ValueTask SkipContentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await ReadContentAsync(cancellationToken).ConfigureAwait(false);
            AdvanceContent(result.Buffer.End, result.Buffer.End);
            if (result.IsCompleted) return;
            if (result.IsCanceled) throw new OperationCanceledException("The read of the body was canceled.");
        }
    }

    /// <summary>Reads the delimiter behind a part. False if it is the last.</summary>
    public async ValueTask<bool> ReadDelimiterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await ReadAsync(cancellationToken).ConfigureAwait(false);
            var isWhole = TryReadDelimiter(result.Buffer, result.IsCompleted, out var end, out var isLast);
            if ((isWhole ? result.Buffer.Slice(0, end) : result.Buffer).Length - scanner.DelimiterLength > options.MaxPartHeaderBytes) throw Refuse(result, FormErrors.HeaderTooLarge(options.MaxPartHeaderBytes));
            if (isWhole)
            {
                Advance(result.Buffer, end);
                scanner.Start();
                return !isLast;
            }
            if (result.IsCompleted) throw Refuse(result, NoEnd());
            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Reads the header section of a part, to the empty line behind it.</summary>
    public async ValueTask<Header> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var searched = 0L;
        while (true)
        {
            var result = await ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (TryFindEnd(buffer, ref searched, out var end))
            {
                var section = buffer.Slice(0, end);
                var length = section.Length;
                if (length <= options.MaxPartHeaderBytes)
                {
                    var header = PartHeader.Parse(section, options, out var problem);
                    Advance(buffer, end);
                    return header ?? throw problem!;
                }
            }
            if (buffer.Length > options.MaxPartHeaderBytes) throw Refuse(result, FormErrors.HeaderTooLarge(options.MaxPartHeaderBytes));
            if (result.IsCompleted) throw Refuse(result, NoEnd());
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static HttpErrorException NoEnd() => FormErrors.Malformed("the multipart body ends before its last boundary");

    private bool Show(in ReadResult read, out ReadResult shown)
    {
        _buffer = read.Buffer;
        (var count, _isDelimited) = scanner.Scan(_buffer, read.IsCompleted);
        _content = _buffer.Slice(0, count);
        if (maxBytes >= 0 && count > maxBytes - _bytes) throw Refuse(read, FormErrors.TooLarge(maxBytes));
        if (count == 0 && !_isDelimited && !read.IsCanceled)
        {
            if (read.IsCompleted) throw Refuse(read, NoEnd());
            pipe.AdvanceTo(_buffer.Start, _buffer.End);
            shown = default;
            return false;
        }
        shown = new ReadResult(_content, read.IsCanceled, _isDelimited);
        return true;
    }

    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!result.IsCanceled) return result;
        pipe.AdvanceTo(result.Buffer.Start);
        throw new OperationCanceledException("The read of the body was canceled.");
    }

    private void Advance(in ReadOnlySequence<byte> buffer, SequencePosition end)
    {
        _bytes += buffer.Slice(0, end).Length;
        if (maxBytes >= 0 && _bytes > maxBytes)
        {
            pipe.AdvanceTo(end);
            throw FormErrors.TooLarge(maxBytes);
        }
        pipe.AdvanceTo(end);
    }

    private HttpErrorException Refuse(in ReadResult read, HttpErrorException problem)
    {
        pipe.AdvanceTo(read.Buffer.End);
        return problem;
    }

    /// <summary>False if more is needed.</summary>
    private bool TryReadDelimiter(in ReadOnlySequence<byte> buffer, bool isCompleted, out SequencePosition end, out bool isLast)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.Advance(scanner.DelimiterLength);
        isLast = reader.IsNext("--"u8, advancePast: true);
        reader.AdvancePastAny((byte)' ', (byte)'\t'); // transport padding
        end = reader.Position;
        if (reader.End) return isLast && isCompleted;
        if (reader.IsNext("\r\n"u8, advancePast: true))
        {
            end = reader.Position;
            return true;
        }
        if (reader.Remaining == 1 && reader.IsNext((byte)'\r')) return false;
        pipe.AdvanceTo(buffer.End);
        throw FormErrors.Malformed(reader.IsNext((byte)'\n') ? "the lines of the multipart body end in LF in place of CRLF" : "a boundary of the multipart body is followed by something else on its line");
    }

    /// <summary>The empty line behind a header section; its beginning is one where there is no field.</summary>
    private static bool TryFindEnd(in ReadOnlySequence<byte> buffer, ref long searched, out SequencePosition end)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (reader.IsNext("\r\n"u8, advancePast: true))
        {
            end = reader.Position;
            return true;
        }
        reader.Advance(searched);
        while (reader.TryAdvanceTo((byte)'\r', advancePastDelimiter: false))
        {
            end = reader.Position;
            searched = reader.Consumed;
            if (reader.IsNext("\r\n\r\n"u8, advancePast: true))
            {
                end = reader.Position;
                return true;
            }
            if (reader.Remaining < 4) return false; // looked at again from here
            reader.Advance(1);
        }
        searched = buffer.Length;
        end = default;
        return false;
    }
}
