using System.Numerics;

namespace Endless.Http.Semantics;

/// <summary>Walks the elements of a list: see <see cref="FieldList"/>. Also what is enumerated, so that <c>foreach</c> takes it.</summary>
/// <typeparam name="T">Byte or char.</typeparam>
internal ref struct FieldListElements<T>(ReadOnlySpan<T> list, T separator, T quote) where T : unmanaged, IBinaryInteger<T>
{
    private ReadOnlySpan<T> _rest = list;
    private bool _isAtEnd;

    /// <summary>The element, without white space around it; it may be empty.</summary>
    public ReadOnlySpan<T> Current { get; private set; }

    /// <summary>Itself: what is walked already does not come again.</summary>
    public readonly FieldListElements<T> GetEnumerator() => this;

    /// <summary>Goes on to the next element. A list has at least one, be it empty.</summary>
    public bool MoveNext()
    {
        if (_isAtEnd) return false;
        var end = _rest.IndexOfAny(separator, quote);
        if (end >= 0 && _rest[end] == quote) end = EndBehindQuotes(end);
        _isAtEnd = end < 0;
        Current = Trim(_isAtEnd ? _rest : _rest[..end]);
        if (!_isAtEnd) _rest = _rest[(end + 1)..];
        return true;
    }

    /// <summary>Where the separator is behind an element with a quoted string in it; -1 if there is none. A string without its end goes to the end of the list.</summary>
    private readonly int EndBehindQuotes(int start)
    {
        var isQuoted = false;
        for (var i = start; i < _rest.Length; i++)
        {
            var c = _rest[i];
            if (c == quote) isQuoted = !isQuoted;
            else if (isQuoted && c == T.CreateTruncating('\\')) i++; // a quoted-pair
            else if (!isQuoted && c == separator) return i;
        }
        return -1;
    }

    private static ReadOnlySpan<T> Trim(ReadOnlySpan<T> text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsSpace(text[start])) start++;
        while (end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    // OWS (section 5.6.3)
    private static bool IsSpace(T c) => c == T.CreateTruncating(' ') || c == T.CreateTruncating('\t');
}
