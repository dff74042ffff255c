using System.Buffers;
using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>Answers with a file, or with what a request asks for of it: preconditions, ranges, HEAD. Go's serveContent.</summary>
internal static class ContentResponse
{
    /// <summary>An ETag and a Content-Type that are set already are taken for the file's. Where a status other than 200 is set the whole file is sent and nothing asked: it is the page of an error.</summary>
    /// <param name="w">The response.</param>
    /// <param name="r">The request.</param>
    /// <param name="file">Stays the caller's.</param>
    /// <param name="contentType">By its name; null where that says nothing: its first bytes are looked at.</param>
    public static async Task SendAsync(ResponseWriter w, Request r, ServedFile file, string? contentType)
    {
        var header = w.Header;
        var isPage = w.StatusCode is not (0 or 200);
        if (!isPage)
        {
            if (file.LastModified is { } lastModified) header.Set("Last-Modified", lastModified);
            if (header.Get("ETag") is null && file.ETag is { } entityTag) header.Set("ETag", entityTag);
            if (IsAnsweredByPreconditions(w, r, file.Modified)) return;
        }
        if (header.Get("Content-Type") is { } chosen) contentType = chosen;
        else header.Set("Content-Type", contentType ??= file.SniffedType ??= await SniffAsync(file).ConfigureAwait(false));

        if (!isPage && await SendRangesAsync(w, r, file, contentType).ConfigureAwait(false)) return;
        SetLength(header, file.Length);
        await SendBodyAsync(w, r, file, new ByteRange(0, file.Length)).ConfigureAwait(false);
    }

    private static bool IsAnsweredByPreconditions(ResponseWriter w, Request r, DateTimeOffset? modified)
    {
        var header = w.Header;
        switch (Preconditions.Evaluate(r, header.Get("ETag"), modified))
        {
            case Preconditions.Outcome.NotModified:
                // What helps a cache to choose stays; Last-Modified only where there is nothing better (RFC 9110 section 15.4.5).
                if (header.Get("ETag") is not null) header.Remove("Last-Modified");
                w.StatusCode = 304;
                break;
            case Preconditions.Outcome.Failed:
                w.StatusCode = 412;
                break;
            default:
                return false;
        }
        header.Remove("Content-Type");
        header.Remove("Content-Length");
        header.Remove("Content-Encoding");
        return true;
    }

    /// <summary>False if the whole is to be sent.</summary>
    private static async ValueTask<bool> SendRangesAsync(ResponseWriter w, Request r, ServedFile file, string contentType)
    {
        var header = w.Header;
        header.Set("Accept-Ranges", "bytes");
        // No method but GET has ranges (RFC 9110 section 14.2), not even HEAD.
        if (r.Method != "GET" || r.Header.Get("Range") is not { } field || !Preconditions.AllowRange(r, header.Get("ETag"), file.Modified)) return false;
        switch (ByteRanges.Parse(field, file.Length, out var ranges))
        {
            case ByteRanges.Outcome.NotSatisfiable:
                header.Set("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Length}"));
                w.Error("invalid range", 416);
                return true;
            case ByteRanges.Outcome.Partial when ranges.Length == 1:
                w.StatusCode = 206;
                header.Set("Content-Range", ranges[0].ContentRange(file.Length));
                SetLength(header, ranges[0].Length);
                await SendBodyAsync(w, r, file, ranges[0]).ConfigureAwait(false);
                return true;
            case ByteRanges.Outcome.Partial:
                var parts = new MultipartRanges(ranges, contentType, file.Length);
                w.StatusCode = 206;
                header.Set("Content-Type", parts.ContentType);
                SetLength(header, parts.Length);
                await parts.SendAsync(w, file).ConfigureAwait(false);
                return true;
            default:
                return false;
        }
    }

    private static async ValueTask SendBodyAsync(ResponseWriter w, Request r, ServedFile file, ByteRange range)
    {
        if (r.Method != "HEAD" && range.Length > 0) await FileSender.SendAsync(w, file, range).ConfigureAwait(false);
    }

    private static void SetLength(Header header, long length) => header.Set("Content-Length", length.ToString(CultureInfo.InvariantCulture));

    /// <summary>The type that the first bytes are of.</summary>
    public static async ValueTask<string> SniffAsync(ServedFile file)
    {
        if (file.Content is { } content) return ContentSniffer.Detect(content.Span);
        var buffer = ArrayPool<byte>.Shared.Rent(ContentSniffer.MaxBytes);
        try
        {
            var read = await FileSender.FillAsync(file, buffer.AsMemory(0, ContentSniffer.MaxBytes), 0).ConfigureAwait(false);
            return ContentSniffer.Detect(buffer.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
