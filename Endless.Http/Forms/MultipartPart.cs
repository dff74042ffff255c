using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Forms;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>One part of a multipart body, as it comes: its header is there, its content is to be read before the next part is asked for. What is not read is passed over. Go's <c>multipart.Part</c>.</summary>
public sealed class MultipartPart
{
    private readonly FormOptions _options;
    private Stream? _stream;

    internal MultipartPart(Header header, in ContentDisposition disposition, PartBodyReader body, FormOptions options)
    {
        Header = header;
        Name = disposition.Name;
        FileName = ContentDisposition.BaseName(disposition.FileName);
        Reader = body;
        _options = options;
    }

    /// <summary>The header section, of 16 lines and 16 KiB by default.</summary>
    public Header Header { get; }

    /// <summary>The name of the form's field; null for a part that is none. As sent, in UTF-8: of a quote a browser makes <c>%22</c>. Go's <c>FormName</c>.</summary>
    public string? Name { get; }

    /// <summary>
    /// The name of the file on the client's machine, without directories; null where the part is no file, as for a file input that was left empty. It may hold what a file system or a page takes amiss: name files
    /// yourself, and encode it where it is shown. Go's <c>FileName</c>.
    /// </summary>
    public string? FileName { get; }

    /// <summary>The type that the client says the content has; null where it says none.</summary>
    public string? ContentType => Header["Content-Type"];

    /// <summary>The content, of whatever length; nothing is decoded (<c>Content-Transfer-Encoding</c> is not of HTTP, RFC 7578 section 4.7). A read fails with <see cref="HttpErrorException"/> where the body ends too early.</summary>
    public PipeReader Body => Reader;

    /// <summary>The content as a stream. Use this or <see cref="Body"/>, not both.</summary>
    public Stream BodyStream => _stream ??= new HandlerBodyStream(Body);

    /// <summary>The rest of the content as text in UTF-8; up to <see cref="FormOptions.MaxValueBytes"/>, else <see cref="HttpErrorException"/> with 413.</summary>
    public async Task<string> ReadTextAsync(CancellationToken cancellationToken = default)
    {
        var text = new ArrayBufferWriter<byte>();
        while (true)
        {
            var result = await Body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var isTooLong = result.Buffer.Length > _options.MaxValueBytes - text.WrittenCount;
            if (!isTooLong)
                foreach (var segment in result.Buffer) text.Write(segment.Span);
            Body.AdvanceTo(result.Buffer.End);
            if (isTooLong) throw FormErrors.ValueTooLong(_options.MaxValueBytes);
            if (result.IsCompleted) return Encoding.UTF8.GetString(text.WrittenSpan);
            if (result.IsCanceled) throw new OperationCanceledException("The read of the body was canceled.");
        }
    }

    internal PartBodyReader Reader { get; }
}
