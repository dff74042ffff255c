using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Endless.Http.Load;

/// <summary>
/// Finds where a response ends (RFC 9112 section 6.3), to the letter and no more than a load driver needs: a final response to a
/// request other than HEAD, framed by Content-Length, by chunks or by a status without a body.
/// </summary>
internal static class ResponseFraming
{
    /// <summary>True once the whole response is there.</summary>
    /// <exception cref="LoadFailure">It is not HTTP/1.1.</exception>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ClientResponse response, out int consumed)
    {
        response = default;
        consumed = 0;
        var head = bytes.Span.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        head += 4;

        var span = bytes.Span[..head];
        if (!span.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(span.Slice(9, 3), out int status, out _))
            throw new LoadFailure(FailureKind.WrongAnswer, "not an HTTP/1.1 response");
        var closes = Ascii.EqualsIgnoreCase(Field(span, "Connection"u8), "close"u8);
        var body = bytes[head..];
        ReadOnlyMemory<byte> content;
        int length;
        if (Ascii.EqualsIgnoreCase(Field(span, "Transfer-Encoding"u8), "chunked"u8))
        {
            if (!TryReadChunks(body, out content, out length)) return false;
        }
        else
        {
            if (!Utf8Parser.TryParse(Field(span, "Content-Length"u8), out length, out _) && status is not (204 or 304))
                throw new LoadFailure(FailureKind.WrongAnswer, $"a {status} response without Content-Length");
            if (body.Length < length) return false;
            content = body[..length];
        }
        response = new ClientResponse(status, bytes[..head], content, closes);
        consumed = head + length;
        return true;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        foreach (var line in head.Split("\r\n"u8))
        {
            var field = head[line];
            if (field.Length > name.Length && field[name.Length] == ':' && Ascii.EqualsIgnoreCase(field[..name.Length], name))
                return field[(name.Length + 1)..].Trim((byte)' ');
        }
        return default;
    }

    private static bool TryReadChunks(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> content, out int length)
    {
        var joined = new ArrayBufferWriter<byte>();
        content = default;
        length = 0;
        while (true)
        {
            var line = body.Span[length..].IndexOf("\r\n"u8);
            if (line < 0) return false;
            if (!int.TryParse(body.Span.Slice(length, line), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
                throw new LoadFailure(FailureKind.WrongAnswer, "a chunk without a size");
            length += line + 2;
            if (size == 0) break;
            if (body.Length < length + size + 2) return false;
            joined.Write(body.Span.Slice(length, size));
            length += size + 2;
        }
        while (true) // trailer fields end with an empty line
        {
            var line = body.Span[length..].IndexOf("\r\n"u8);
            if (line < 0) return false;
            length += line + 2;
            if (line == 0) break;
        }
        content = joined.WrittenMemory;
        return true;
    }
}
