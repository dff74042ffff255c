using System.Text;
using System.Text.RegularExpressions;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>A chunked body by the grammar of RFC 9112 section 7.1, as regular expressions over the whole of it: nothing like the automaton that it judges.</summary>
internal static partial class ReferenceChunks
{
    private const string Token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /// <summary>Reads a body.</summary>
    /// <param name="input">What begins with one.</param>
    /// <param name="data">What it holds.</param>
    /// <param name="consumed">How long it is.</param>
    /// <returns>Null where it is no body, or not all of one. Where the trailer section begins otherwise.</returns>
    public static int? Read(byte[] input, out byte[] data, out int consumed)
    {
        var text = Encoding.Latin1.GetString(input);
        var parts = new List<byte>();
        (data, consumed) = ([], 0);
        for (var at = 0; ;)
        {
            var line = SizeLine().Match(text, at);
            if (!line.Success || line.Index != at) return null;
            at += line.Length;
            var digits = line.Groups[1].Value.TrimStart('0');
            if (digits.Length == 0)
            {
                var trailers = TrailerSection().Match(text, at);
                if (!trailers.Success || trailers.Index != at) return null;
                (data, consumed) = ([.. parts], at + trailers.Length);
                return at;
            }
            if (digits.Length > 15) return null;
            var size = Convert.ToInt64(digits, 16);
            if (size > input.Length - at - 2) return null;
            parts.AddRange(input.AsSpan(at, (int)size));
            at += (int)size;
            if (string.CompareOrdinal(text, at, "\r\n", 0, 2) != 0) return null;
            at += 2;
        }
    }

    [GeneratedRegex($@"\G([0-9A-Fa-f]+)(?:[ \t]*;[ \t]*{Token}(?:[ \t]*=[ \t]*(?:{Token}|""(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*""))?)*\r\n")]
    private static partial Regex SizeLine();

    [GeneratedRegex($@"\G(?:{Token}:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n")]
    private static partial Regex TrailerSection();
}
