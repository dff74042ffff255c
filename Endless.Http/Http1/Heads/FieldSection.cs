using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>The grammar of header and trailer sections (RFC 9112 section 5): <c>*( field-name ":" OWS field-value OWS CRLF ) CRLF</c>. No obs-fold, no bare LF.</summary>
internal static class FieldSection
{
    /// <summary>Adds the fields of a section to <paramref name="header"/>, as slices of <paramref name="bytes"/>. Null if the section is well formed.</summary>
    /// <param name="bytes">What the header is attached to.</param>
    /// <param name="start">Where the section begins.</param>
    /// <param name="end">Where it ends, its last CRLF included.</param>
    /// <param name="maxCount">How many fields it may have.</param>
    /// <param name="header">Where the fields go.</param>
    public static Rejection? Parse(byte[] bytes, int start, int end, int maxCount, FieldLines header)
    {
        var rest = bytes.AsSpan(start, end - start);
        var at = start;
        while (true)
        {
            // The first byte that is no tchar must be the colon: white space before it is refused (RFC 9112 section 5.1), and so is a
            // line that begins with white space (obs-fold, section 5.2).
            var nameLength = rest.IndexOfAnyExcept(FieldGrammar.TokenBytes);
            if (nameLength < 0) return SyntaxErrors.FieldLine;
            if (nameLength == 0) return rest.SequenceEqual("\r\n"u8) ? null : Refuse(rest[0]);
            if (rest[nameLength] != ':') return Refuse(rest[nameLength]);

            // The first control character must be the CR of the line's CRLF.
            var value = rest[(nameLength + 1)..];
            var length = value.IndexOfAny(FieldGrammar.ControlBytes);
            if (length < 0 || length + 1 >= value.Length || value[length] != '\r' || value[length + 1] != '\n') return SyntaxErrors.ControlCharacter;
            if (header.Count == maxCount) return SyntaxErrors.TooManyFields;

            var valueStart = 0;
            while (valueStart < length && value[valueStart] is (byte)' ' or (byte)'\t') valueStart++;
            var valueEnd = length;
            while (valueEnd > valueStart && value[valueEnd - 1] is (byte)' ' or (byte)'\t') valueEnd--;
            header.AddSlice(at, nameLength, at + nameLength + 1 + valueStart, valueEnd - valueStart, KnownFields.Recognise(rest[..nameLength]));

            var lineLength = nameLength + 1 + length + 2;
            rest = rest[lineLength..];
            at += lineLength;
        }
    }

    private static Rejection Refuse(byte c) => c is < 0x20 and not (byte)'\t' or 0x7f ? SyntaxErrors.ControlCharacter : SyntaxErrors.FieldLine;
}
