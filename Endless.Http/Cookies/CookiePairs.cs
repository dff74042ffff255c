using Endless.Http.Semantics;

namespace Endless.Http.Cookies;

/// <summary>Walks the cookies of one Cookie line as Go's <c>readCookies</c> does: what is malformed is passed over. Once over the line, whatever it holds, and without an allocation.</summary>
internal ref struct CookiePairs(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line;

    /// <summary>A token.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>Without quotes around it.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>How many characters of the line are behind <see cref="Value"/> and its separator.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Goes on to the next cookie.</summary>
    public bool MoveNext() => MoveNext(default);

    /// <summary>Goes on to the next cookie of a name.</summary>
    /// <param name="wanted">Empty for any.</param>
    public bool MoveNext(ReadOnlySpan<char> wanted)
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf(';');
            var pair = (end < 0 ? _rest : _rest[..end]).Trim(" \t");
            _rest = end < 0 ? default : _rest[(end + 1)..];

            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            if (wanted.IsEmpty ? !FieldGrammar.IsToken(name) : !name.SequenceEqual(wanted)) continue;
            var value = CookieGrammar.Unquoted(equals < 0 ? default : pair[(equals + 1)..]);
            if (!CookieGrammar.IsValue(value)) continue;
            Name = name;
            Value = value;
            return true;
        }
        return false;
    }
}
