using System.Buffers.Text;
using System.Text;
using Endless.Http.Protocols;

namespace Endless.Http.Http1;

/// <summary>Writes a head into a span that was asked for large enough: the checks of the span's bounds are the only ones.</summary>
internal ref struct HeadWriter(Span<byte> span)
{
    private readonly Span<byte> _span = span;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_span[Length..]);
        Length += bytes.Length;
    }

    public void Write(long number)
    {
        Utf8Formatter.TryFormat(number, _span[Length..], out var written);
        Length += written;
    }

    public void WriteStatusLine(int status)
    {
        if (status == 200)
        {
            Write("HTTP/1.1 200 OK\r\n"u8);
            return;
        }
        Write("HTTP/1.1 "u8);
        Write(status);
        // The space stays where there is no phrase (RFC 9112 section 4).
        Write(" "u8);
        Write(ReasonPhrase.Of(status));
        Write("\r\n"u8);
    }

    /// <summary>A field line. Name and value were checked when the handler gave them: each character is one byte.</summary>
    public void WriteField(string name, string value)
    {
        Length += Encoding.Latin1.GetBytes(name, _span[Length..]);
        Write(": "u8);
        Length += Encoding.Latin1.GetBytes(value, _span[Length..]);
        Write("\r\n"u8);
    }
}
