using System.Buffers;
using Endless.Http.Forms;

namespace Endless.Http;

/// <summary>A file of a <see cref="Form"/>. Its content is gone with the request. Go's <c>multipart.FileHeader</c>.</summary>
public sealed class FormFile
{
    private readonly FileContent _content;

    internal FormFile(MultipartPart part, FileContent content)
    {
        Name = part.Name!;
        FileName = part.FileName!;
        Header = part.Header;
        _content = content;
    }

    /// <summary>The name of the form's field.</summary>
    public string Name { get; }

    /// <inheritdoc cref="MultipartPart.FileName"/>
    public string FileName { get; }

    /// <summary>The type that the client says it has; null where it says none. Anything may be in it.</summary>
    public string? ContentType => Header["Content-Type"];

    /// <summary>The header section of its part.</summary>
    public Header Header { get; }

    /// <summary>Bytes of it.</summary>
    public long Length => _content.Length;

    /// <summary>The content, from its beginning; a stream of its own at each call, which can seek.</summary>
    /// <exception cref="ObjectDisposedException">By a read, when the request is over.</exception>
    public Stream OpenReadStream() => new FileContentStream(_content);

    /// <summary>Copies the content into a file.</summary>
    /// <param name="path">Where to: never made of <see cref="FileName"/> (path traversal, names that are in use). What is there of a copy that failed is removed.</param>
    /// <param name="overwrite">Writes over a file that is there, which is an error otherwise.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    /// <exception cref="IOException">There is a file of that name, or it cannot be written.</exception>
    public async Task SaveAsAsync(string path, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = new FileStreamOptions { Mode = overwrite ? FileMode.Create : FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
        var file = new FileStream(path, options);
        var buffer = ArrayPool<byte>.Shared.Rent(FileContent.ChunkSize);
        var isWhole = false;
        try
        {
            for (var position = 0L; position < Length;)
            {
                var count = _content.Read(position, buffer);
                if (count == 0) throw new IOException("The form's temporary file is shorter than what was written to it.");
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                position += count;
            }
            isWhole = true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await file.DisposeAsync().ConfigureAwait(false);
            if (!isWhole) File.Delete(path);
        }
    }

    internal FileContent Content => _content;
}
