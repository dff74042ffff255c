using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Semantics;

/// <summary>
/// Guesses the media type of a body from its first 512 bytes: the table of the WHATWG's MIME Sniffing standard (section 7) in the order in which Go's
/// <c>http.DetectContentType</c> applies it.
/// </summary>
internal static class ContentSniffer
{
    /// <summary>How many bytes of a body are looked at.</summary>
    public const int MaxBytes = 512;

    private static readonly string[] HtmlTags =
    [
        "<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT", "<TABLE", "<A", "<STYLE", "<TITLE", "<B", "<BODY", "<BR", "<P", "<!--",
    ];

    /// <summary>A media type; <c>application/octet-stream</c> if nothing better fits.</summary>
    public static string Detect(ReadOnlySpan<byte> data)
    {
        if (data.Length > MaxBytes) data = data[..MaxBytes];
        var text = data.TrimStart("\t\n\f\r "u8);
        return Markup(text) ?? Binary(data) ?? (IsText(text) ? "text/plain; charset=utf-8" : "application/octet-stream");
    }

    private static string? Markup(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != '<') return null;
        foreach (var tag in HtmlTags)
        {
            // The tag must end there: <BR> and <B >, but not <BLINK.
            if (text.Length > tag.Length && text[tag.Length] is (byte)' ' or (byte)'>' && Ascii.EqualsIgnoreCase(text[..tag.Length], tag))
                return "text/html; charset=utf-8";
        }
        return text.StartsWith("<?xml"u8) ? "text/xml; charset=utf-8" : null;
    }

    private static string? Binary(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2) return null;
        var type = data[0] switch
        {
            (byte)'%' => data.StartsWith("%PDF-"u8) ? "application/pdf" : data.StartsWith("%!PS-Adobe-"u8) ? "application/postscript" : null,
            0xfe => data.Length >= 4 && data[1] == 0xff ? "text/plain; charset=utf-16be" : null,
            0xff => data.Length >= 4 && data[1] == 0xfe ? "text/plain; charset=utf-16le" : data.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "image/jpeg" : null,
            0xef => data.Length >= 4 && data[1] == 0xbb && data[2] == 0xbf ? "text/plain; charset=utf-8" : null,
            0x00 => data.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0]) || data.StartsWith((ReadOnlySpan<byte>)[0, 0, 2, 0]) ? "image/x-icon"
                : data.StartsWith((ReadOnlySpan<byte>)[0, 1, 0, 0]) && !IsMp4(data) && !IsEmbeddedOpenType(data) ? "font/ttf"
                : data.StartsWith("\0asm"u8) && !IsMp4(data) && !IsEmbeddedOpenType(data) ? "application/wasm" : null,
            (byte)'B' => data[1] == 'M' ? "image/bmp" : null,
            (byte)'G' => data.StartsWith("GIF87a"u8) || data.StartsWith("GIF89a"u8) ? "image/gif" : null,
            (byte)'R' => Riff(data),
            0x89 => data.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]) ? "image/png" : null,
            (byte)'F' => data.Length >= 12 && data.StartsWith("FORM"u8) && data[8..].StartsWith("AIFF"u8) ? "audio/aiff" : null,
            (byte)'I' => data.StartsWith("ID3"u8) ? "audio/mpeg" : null,
            (byte)'O' => data.StartsWith("OggS\0"u8) ? "application/ogg" : null,
            (byte)'M' => data.StartsWith("MThd\0\0\0\u0006"u8) ? "audio/midi" : null,
            0x1a => data.StartsWith((ReadOnlySpan<byte>)[0x1a, 0x45, 0xdf, 0xa3]) ? "video/webm" : null,
            _ => null,
        };
        if (type is not null) return type;
        if (IsMp4(data)) return "video/mp4";
        if (IsEmbeddedOpenType(data)) return "application/vnd.ms-fontobject";
        return data[0] switch
        {
            (byte)'O' => data.StartsWith("OTTO"u8) ? "font/otf" : null,
            (byte)'t' => data.StartsWith("ttcf"u8) ? "font/collection" : null,
            (byte)'w' => data.StartsWith("wOFF"u8) ? "font/woff" : data.StartsWith("wOF2"u8) ? "font/woff2" : null,
            0x1f => data.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 0x08]) ? "application/x-gzip" : null,
            (byte)'P' => data.StartsWith("PK\u0003\u0004"u8) ? "application/zip" : null,
            (byte)'R' => data.StartsWith("Rar!\u001a\u0007\0"u8) || data.StartsWith("Rar!\u001a\u0007\u0001\0"u8) ? "application/x-rar-compressed" : null,
            _ => null,
        };
    }

    private static string? Riff(ReadOnlySpan<byte> data)
    {
        if (data.Length < 12 || !data.StartsWith("RIFF"u8)) return null;
        var form = data[8..];
        return form.StartsWith("WEBPVP"u8) ? "image/webp" : form.StartsWith("AVI "u8) ? "video/avi" : form.StartsWith("WAVE"u8) ? "audio/wave" : null;
    }

    /// <summary>MIME Sniffing section 6.2.1: a box of type ftyp that names a brand starting with mp4.</summary>
    private static bool IsMp4(ReadOnlySpan<byte> data)
    {
        if (data.Length < 12 || !data[4..].StartsWith("ftyp"u8)) return false;
        var size = BinaryPrimitives.ReadUInt32BigEndian(data);
        if (size % 4 != 0 || size > data.Length) return false;
        for (var at = 8; at < size; at += 4)
        {
            // The version number of the major brand stands at 12.
            if (at != 12 && data[at..].StartsWith("mp4"u8)) return true;
        }
        return false;
    }

    private static bool IsEmbeddedOpenType(ReadOnlySpan<byte> data) => data.Length >= 36 && data[34] == 'L' && data[35] == 'P';

    /// <summary>No byte that a text file does not hold (MIME Sniffing section 3, "binary data byte").</summary>
    private static bool IsText(ReadOnlySpan<byte> text) =>
        !text.ContainsAny(BinaryBytes);

    private static readonly System.Buffers.SearchValues<byte> BinaryBytes = System.Buffers.SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000b\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001c\u001d\u001e\u001f"u8);
}
