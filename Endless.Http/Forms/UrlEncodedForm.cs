using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Forms;

/// <summary>Reads <c>application/x-www-form-urlencoded</c>, as UTF-8 whatever charset the type names (WHATWG URL section 5.1).</summary>
internal static class UrlEncodedForm
{
    private const int FirstBuffer = 4 * 1024;

    /// <summary>Reads to the end of the body.</summary>
    /// <exception cref="HttpErrorException">It is malformed, or beyond a limit.</exception>
    public static async Task<UrlValues> ReadAsync(PipeReader body, FormOptions options, CancellationToken cancellationToken)
    {
        // Collected whole and decoded once: decoded as it comes, a value that arrives byte by byte would be searched again with each.
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (true)
            {
                var result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
                var data = result.Buffer;
                if (data.Length > options.MaxValuesBytes - length)
                {
                    body.AdvanceTo(data.End);
                    throw FormErrors.ValuesTooLong(options.MaxValuesBytes);
                }
                var count = (int)data.Length;
                if (count > buffer.Length - length) Grow(ref buffer, length, count);
                data.CopyTo(buffer.AsSpan(length));
                length += count;
                body.AdvanceTo(data.End);
                if (result.IsCompleted) return Parse(buffer.AsSpan(0, length), options);
                if (result.IsCanceled) throw new OperationCanceledException("The read of the body was canceled.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes pairs apart; decodes them in place.</summary>
    internal static UrlValues Parse(Span<byte> form, FormOptions options)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        while (!form.IsEmpty)
        {
            var end = form.IndexOf((byte)'&');
            var pair = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            if (pair.IsEmpty) continue;
            if (pairs.Count == options.MaxFields) throw FormErrors.TooManyFields(options.MaxFields);
            // As in Go: some take it for a separator, and see other fields (CVE-2021-23336).
            if (pair.Contains((byte)';')) throw FormErrors.Malformed("a semicolon in the form is not percent-encoded");

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = Decode(equals < 0 ? default : pair[(equals + 1)..]);
            if (name.Length > options.MaxNameBytes) throw FormErrors.NameTooLong(options.MaxNameBytes);
            if (value.Length > options.MaxValueBytes) throw FormErrors.ValueTooLong(options.MaxValueBytes);
            pairs.Add(new(Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(value)));
        }
        return new UrlValues(pairs);
    }

    private static Span<byte> Decode(Span<byte> text)
    {
        var next = text.IndexOfAny((byte)'%', (byte)'+');
        if (next < 0) return text;
        var length = next;
        for (var i = next; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '+')
            {
                c = (byte)' ';
            }
            else if (c == '%')
            {
                if (i + 2 >= text.Length || HexDigit.Value(text[i + 1]) < 0 || HexDigit.Value(text[i + 2]) < 0)
                    throw FormErrors.Malformed("a percent sign in the form is not followed by two hexadecimal digits");
                c = (byte)((HexDigit.Value(text[i + 1]) << 4) | HexDigit.Value(text[i + 2]));
                i += 2;
            }
            text[length++] = c;
        }
        return text[..length];
    }

    private static void Grow(ref byte[] buffer, int length, int more)
    {
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, buffer.Length * 2));
        buffer.AsSpan(0, length).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = grown;
    }
}
