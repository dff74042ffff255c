using System.Text;

namespace Endless.Http.Files;

/// <summary>Several ranges as one body: multipart/byteranges (RFC 9110 section 14.6).</summary>
internal sealed class MultipartRanges
{
    private readonly ByteRange[] _ranges;
    private readonly byte[][] _heads;
    private readonly byte[] _end;

    /// <param name="ranges">Two or more.</param>
    /// <param name="contentType">Of the representation.</param>
    /// <param name="size">Its bytes.</param>
    public MultipartRanges(ByteRange[] ranges, string contentType, long size)
    {
        // Random, so that no file can hold it and begin a part of its own: 122 bits.
        var boundary = Guid.NewGuid().ToString("N");
        ContentType = $"multipart/byteranges; boundary={boundary}";
        _ranges = ranges;
        _heads = new byte[ranges.Length][];
        _end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        Length = _end.Length;
        for (var i = 0; i < ranges.Length; i++)
        {
            _heads[i] = Encoding.Latin1.GetBytes($"{(i == 0 ? "" : "\r\n")}--{boundary}\r\nContent-Range: {ranges[i].ContentRange(size)}\r\nContent-Type: {contentType}\r\n\r\n");
            Length += _heads[i].Length + ranges[i].Length;
        }
    }

    /// <summary>Of the whole body, its boundary included.</summary>
    public string ContentType { get; }

    /// <summary>Bytes of the whole body.</summary>
    public long Length { get; }

    public async Task SendAsync(ResponseWriter w, ServedFile file)
    {
        for (var i = 0; i < _ranges.Length; i++)
        {
            await w.WriteAsync(_heads[i]).ConfigureAwait(false);
            if (!await FileSender.SendAsync(w, file, _ranges[i]).ConfigureAwait(false)) return;
        }
        await w.WriteAsync(_end).ConfigureAwait(false);
    }
}
