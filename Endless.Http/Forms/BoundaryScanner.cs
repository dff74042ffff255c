using System.Buffers;
using System.Text;

namespace Endless.Http.Forms;

/// <summary>
/// Finds where a part's content ends: CRLF, two hyphens and the boundary (RFC 2046 section 5.1.1). What a line that begins so goes on with decides whether it is a delimiter, as in Go: white space or a line end, or two more
/// hyphens; anything else is content, such as a longer boundary of a multipart within.
/// </summary>
/// <remarks>
/// Quadratic search: near misses (a flood of <c>CRLF--boundar</c>) cost no more than other bytes, since a CR can only be a delimiter's first, so that where a match breaks off none of what was matched can begin
/// another. And what was found to be content is not searched again when more arrives, in whatever pieces.
/// </remarks>
internal sealed class BoundaryScanner
{
    private readonly byte[] _delimiter; // CRLF--boundary
    private bool _isAtStart = true;
    private long _content; // bytes in front of the buffer that are known to be content

    /// <param name="boundary">As in the Content-Type, checked.</param>
    public BoundaryScanner(string boundary) => _delimiter = Encoding.Latin1.GetBytes("\r\n--" + boundary);

    /// <summary>Bytes of the delimiter that was found: without its CRLF at the beginning of a body or a part.</summary>
    public int DelimiterLength { get; private set; }

    /// <summary>A part's content begins here. A delimiter may follow at once, its CRLF being that of the empty line behind the header.</summary>
    public void Start()
    {
        _isAtStart = true;
        _content = 0;
    }

    /// <summary>So many bytes were consumed from the front of the buffer.</summary>
    public void Consumed(long count) => _content -= count;

    /// <summary>How many bytes at the front of the buffer are content, and whether a delimiter follows behind them.</summary>
    /// <param name="buffer">All that has arrived and was not consumed.</param>
    /// <param name="isCompleted">Nothing follows.</param>
    public (long Content, bool IsDelimited) Scan(in ReadOnlySequence<byte> buffer, bool isCompleted)
    {
        if (_isAtStart)
        {
            if (Match(buffer, _delimiter.AsSpan(2), isCompleted) is not { } isDelimiter) return (0, false);
            if (isDelimiter)
            {
                DelimiterLength = _delimiter.Length - 2;
                return (0, true);
            }
            _isAtStart = false;
        }

        DelimiterLength = _delimiter.Length;
        var rest = buffer.Slice(_content);
        while (!rest.IsEmpty)
        {
            var first = rest.FirstSpan;
            var index = IndexOfCandidate(first);
            if (index < 0)
            {
                _content += first.Length;
                rest = rest.Slice(first.Length);
                continue;
            }
            _content += index;
            rest = rest.Slice(index);
            if (Match(rest, _delimiter, isCompleted) is not { } isDelimiter) return (_content, false);
            if (isDelimiter) return (_content, true);
            _content++; // its CR; nothing else in it is one
            rest = rest.Slice(1);
        }
        return (_content, false);
    }

    /// <summary>Where the delimiter is, or the beginning of one that the span ends in.</summary>
    private int IndexOfCandidate(ReadOnlySpan<byte> span)
    {
        var index = span.IndexOf(_delimiter);
        if (index >= 0) return index;
        var tail = Math.Max(0, span.Length - (_delimiter.Length - 1));
        var last = span[tail..].LastIndexOf((byte)'\r');
        return last >= 0 && _delimiter.AsSpan().StartsWith(span[(tail + last)..]) ? tail + last : -1;
    }

    /// <summary>Whether a buffer begins with a delimiter; null if that cannot be known yet.</summary>
    private static bool? Match(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> delimiter, bool isCompleted)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.IsNext(delimiter, advancePast: true))
            return !isCompleted && buffer.Length < delimiter.Length && IsPrefix(buffer, delimiter) ? null : false;
        if (!reader.TryRead(out var next)) return isCompleted ? true : null; // cut short, which whoever reads on will see
        if (next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') return true;
        if (next != '-') return false;
        if (!reader.TryRead(out next)) return isCompleted ? false : null;
        return next == '-';
    }

    private static bool IsPrefix(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> delimiter)
    {
        foreach (var segment in buffer)
        {
            if (!delimiter.StartsWith(segment.Span)) return false;
            delimiter = delimiter[segment.Length..];
        }
        return true;
    }
}
