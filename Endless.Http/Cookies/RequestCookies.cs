using System.Collections;
using Endless.Http.Cookies;

namespace Endless.Http;

/// <summary>
/// The cookies that a client sent, in its order: a view of the Cookie lines, which are taken apart as they are walked. Names compare with case, and may be there more than once (for different paths); what is
/// malformed is passed over. Values are as sent, without quotes around them; nothing is decoded. Go's <c>Request.Cookies</c>.
/// </summary>
/// <remarks>A client can send any: only one that a <see cref="CookieProtector"/> has made is known to come from this server.</remarks>
public readonly struct RequestCookies : IEnumerable<KeyValuePair<string, string>>
{
    private readonly IReadOnlyList<string>? _lines;

    internal RequestCookies(IReadOnlyList<string> lines) => _lines = lines;

    /// <summary>The value of the first cookie of a name, null if there is none. Go's <c>Request.Cookie</c>.</summary>
    public string? this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            if (name.Length == 0) return null;
            var lines = Lines;
            for (var i = 0; i < lines.Count; i++) // an enumerator of the interface would be allocated
            {
                var pairs = new CookiePairs(lines[i]);
                if (pairs.MoveNext(name)) return pairs.Value.ToString();
            }
            return null;
        }
    }

    private IReadOnlyList<string> Lines => _lines ?? [];

    /// <summary>The cookies in order. Walks what was sent once, however much it is.</summary>
    public Enumerator GetEnumerator() => new(Lines);

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Walks the cookies in order.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<string, string>>
    {
        private readonly IReadOnlyList<string> _lines;
        private int _line;
        private int _start;

        internal Enumerator(IReadOnlyList<string> lines) => _lines = lines;

        /// <inheritdoc/>
        public KeyValuePair<string, string> Current { readonly get; private set; }

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            for (; _line < _lines.Count; _line++, _start = 0)
            {
                var line = _lines[_line];
                var pairs = new CookiePairs(line.AsSpan(_start));
                if (!pairs.MoveNext()) continue;
                _start = line.Length - pairs.Left;
                Current = new(pairs.Name.ToString(), pairs.Value.ToString());
                return true;
            }
            return false;
        }

        /// <inheritdoc/>
        public void Reset() => _line = _start = 0;

        /// <inheritdoc/>
        public readonly void Dispose() { }
    }
}
