using System.Buffers;

namespace Endless.Http.Json;

/// <summary>Finds where the elements of a sequence begin and end, as its bytes come. It does not check them: whoever parses an element does.</summary>
/// <remarks>
/// Quadratic time: each byte is looked at once, also where an element comes byte by byte; a parser that begins again with every piece reads 1 MiB half a million times then. For one flow; to be disposed of.
/// </remarks>
internal sealed class JsonSplitter(JsonSequenceFormat format, JsonReadOptions options) : IDisposable
{
    private static readonly SearchValues<byte> OutsideString = SearchValues.Create("\"[]{},"u8);
    private static readonly SearchValues<byte> InsideString = SearchValues.Create("\"\\"u8);

    private byte[] _bytes = [];
    private int _start; // of the element
    private int _next; // to be looked at
    private int _end;
    private Phase _phase;
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;

    private enum Phase
    {
        BeforeArray,
        BeforeFirst,
        Element,
        BehindArray,
    }

    /// <summary>Elements that were found.</summary>
    public long Count { get; private set; }

    /// <summary>Takes bytes that have come. What <see cref="TryNext"/> gave before is not to be used any more.</summary>
    public void Append(in ReadOnlySequence<byte> data)
    {
        _bytes.AsSpan(_start.._end).CopyTo(_bytes);
        (_next, _end, _start) = (_next - _start, _end - _start, 0);
        JsonBody.Append(ref _bytes, ref _end, data);
    }

    /// <summary>The next element, if all of it has come.</summary>
    /// <param name="isAtEnd">Nothing more comes.</param>
    /// <param name="element">It, perhaps with white space around it; nothing where a comma has none before it. Until the next <see cref="Append"/>.</param>
    /// <exception cref="ProblemException">The sequence is malformed, or has too many elements.</exception>
    /// <exception cref="MaxBytesException">An element is too large.</exception>
    public bool TryNext(bool isAtEnd, out ReadOnlyMemory<byte> element)
    {
        var range = format == JsonSequenceFormat.Lines ? NextLine(isAtEnd) : NextElement(isAtEnd);
        element = range is { } found ? _bytes.AsMemory(found) : default;
        if ((range is null ? _end - _start : element.Length) > options.MaxBytes) throw new MaxBytesException(options.MaxBytes);
        if (range is null) return false;
        if (Count == options.MaxElements) throw JsonFailure.TooMany(options.MaxElements);
        Count++;
        return true;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _next = _end = 0;
    }

    private Range? NextLine(bool isAtEnd)
    {
        while (true)
        {
            var length = _bytes.AsSpan(_next.._end).IndexOf((byte)'\n');
            if (length < 0 && !isAtEnd)
            {
                _next = _end;
                return null;
            }
            var line = _start..(length < 0 ? _end : _next + length);
            _start = _next = length < 0 ? _end : line.End.Value + 1;
            if (_bytes.AsSpan(line).ContainsAnyExcept(JsonBody.WhiteSpace)) return line;
            if (length < 0) return null;
        }
    }

    private Range? NextElement(bool isAtEnd)
    {
        if (_phase == Phase.BeforeArray)
        {
            if (!SkipSpace()) return isAtEnd ? throw JsonFailure.Empty() : null;
            if (_bytes[_next++] != '[') throw JsonFailure.NotAnArray();
            _phase = Phase.BeforeFirst;
        }
        if (_phase == Phase.BeforeFirst)
        {
            if (!SkipSpace()) return isAtEnd ? throw JsonFailure.Unended() : null;
            _phase = _bytes[_next] == ']' ? Phase.BehindArray : Phase.Element;
            if (_phase == Phase.BehindArray) _next++;
        }
        if (_phase == Phase.Element) return FindEnd() ?? (isAtEnd ? throw JsonFailure.Unended() : null);
        return SkipSpace() ? throw JsonFailure.Trailing() : null;
    }

    /// <summary>Goes on to what is no white space. False if nothing of that has come.</summary>
    private bool SkipSpace()
    {
        var found = _bytes.AsSpan(_next.._end).IndexOfAnyExcept(JsonBody.WhiteSpace);
        _start = _next = found < 0 ? _end : _next + found;
        return found >= 0;
    }

    private Range? FindEnd()
    {
        while (_next < _end)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
                _next++;
                continue;
            }
            var found = _bytes.AsSpan(_next.._end).IndexOfAny(_isInString ? InsideString : OutsideString);
            if (found < 0)
            {
                _next = _end;
                break;
            }
            var mark = _bytes[_next + found];
            _next += found + 1;
            if (mark == '"') _isInString = !_isInString;
            else if (mark == '\\') _isEscaped = true;
            else if (mark is (byte)'[' or (byte)'{') _depth++;
            else if (_depth > 0 && mark != ',') _depth--;
            else if (_depth == 0 && mark != '}') return TakeElement(isLast: mark == ']');
        }
        return null;
    }

    private Range TakeElement(bool isLast)
    {
        var element = _start..(_next - 1);
        _start = _next;
        if (isLast) _phase = Phase.BehindArray;
        return element;
    }
}
