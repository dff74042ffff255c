using System.Buffers;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Forms;

/// <summary>Reads the header section of a part: fields as HTTP has them, and lines that go on (RFC 5322 section 2.2.3), which mail programs send.</summary>
internal static class PartHeader
{
    /// <summary>The section as a header; null, and why it is refused.</summary>
    /// <param name="section">Lines that end in CRLF; the last is empty.</param>
    /// <param name="options">The limits.</param>
    /// <param name="problem">Set where the answer is null.</param>
    public static Header? Parse(in ReadOnlySequence<byte> section, FormOptions options, out HttpErrorException? problem)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)section.Length);
        try
        {
            section.CopyTo(rented);
            return Parse(rented.AsSpan(0, (int)section.Length), options, out problem);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static Header? Parse(ReadOnlySpan<byte> lines, FormOptions options, out HttpErrorException? problem)
    {
        var header = new Header();
        string? name = null;
        var value = "";
        var count = 0;
        problem = null;
        while (true)
        {
            var end = lines.IndexOf("\r\n"u8);
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 2)..];
            var goesOn = line is [(byte)' ' or (byte)'\t', ..];
            if (!goesOn && name is not null) header.Add(name, value);
            if (line.IsEmpty) return header;
            if (++count > options.MaxPartHeaders)
            {
                problem = FormErrors.TooManyHeaders(options.MaxPartHeaders);
                return null;
            }
            if (goesOn ? name is null || line.ContainsAny(FieldGrammar.ControlBytes) : !TrySplit(line, out name, out value))
            {
                problem = FormErrors.Malformed("the header of a part is malformed");
                return null;
            }
            if (goesOn) value = $"{value} {Encoding.Latin1.GetString(Trim(line))}";
        }
    }

    private static bool TrySplit(ReadOnlySpan<byte> line, out string? name, out string value)
    {
        (name, value) = (null, "");
        var colon = line.IndexOf((byte)':');
        if (colon < 0 || !FieldGrammar.IsToken(line[..colon]) || line.ContainsAny(FieldGrammar.ControlBytes)) return false;
        name = Encoding.Latin1.GetString(line[..colon]);
        value = Encoding.Latin1.GetString(Trim(line[(colon + 1)..]));
        return true;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);
}
