using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Endless.Http.Forms;

/// <summary>Reads a whole <c>multipart/form-data</c> body: values into memory, files into memory as far as there is room, and into a temporary file beyond.</summary>
internal sealed class MultipartForm(MultipartReader reader, FormOptions options)
{
    private readonly List<KeyValuePair<string, string>> _values = [];
    private readonly List<FormFile> _files = [];
    private UnnamedFileSpool? _spool;
    private byte[] _buffer = [];
    private int _valuesLeft = options.MaxValuesBytes;
    private int _memoryLeft = options.MaxMemoryBytes;

    /// <summary>Reads to the last boundary. On failure nothing is left of it.</summary>
    /// <exception cref="HttpErrorException">It is malformed, or beyond a limit.</exception>
    public async Task<Form> ReadAsync(CancellationToken cancellationToken)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FileContent.ChunkSize);
        try
        {
            while (await reader.ReadPartAsync(cancellationToken).ConfigureAwait(false) is { } part)
            {
                if (part.Name is not { Length: > 0 } name) continue; // no field, as in Go
                TakeOfValues(Encoding.UTF8.GetByteCount(name));
                if (part.FileName is null) _values.Add(new(name, await ReadValueAsync(part.Body, cancellationToken).ConfigureAwait(false)));
                else _files.Add(new FormFile(part, await ReadFileAsync(part.Body, cancellationToken).ConfigureAwait(false)));
            }
            return new Form(new UrlValues(_values), _files, _spool);
        }
        catch
        {
            _spool?.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private async Task<string> ReadValueAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var length = 0;
        ArrayBufferWriter<byte>? writer = null;
        while (true)
        {
            var result = await ReadAsync(body, cancellationToken).ConfigureAwait(false);
            var data = result.Buffer;
            if (data.Length > options.MaxValueBytes - length) throw Refuse(body, data, FormErrors.ValueTooLong(options.MaxValueBytes));
            if (data.Length > _valuesLeft) throw Refuse(body, data, FormErrors.ValuesTooLong(options.MaxValuesBytes));
            var count = (int)data.Length;
            _valuesLeft -= count;
            if (writer is null && length + count > FileContent.ChunkSize)
            {
                writer = new ArrayBufferWriter<byte>(length + count);
                writer.Write(_buffer.AsSpan(0, length));
            }
            if (writer is null) data.CopyTo(_buffer.AsSpan(length));
            else foreach (var segment in data) writer.Write(segment.Span);
            length += count;
            body.AdvanceTo(data.End);
            if (result.IsCompleted) return Encoding.UTF8.GetString(writer is null ? _buffer.AsSpan(0, length) : writer.WrittenSpan);
        }
    }

    private async Task<FileContent> ReadFileAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var content = new FileContent();
        var filled = 0;
        while (true)
        {
            var result = await ReadAsync(body, cancellationToken).ConfigureAwait(false);
            var data = result.Buffer;
            if (options.MaxFileBytes >= 0 && data.Length > options.MaxFileBytes - content.Length - filled) throw Refuse(body, data, FormErrors.FileTooLarge(options.MaxFileBytes));
            foreach (var segment in data)
            {
                for (var rest = segment.Span; !rest.IsEmpty;)
                {
                    var some = rest[..Math.Min(rest.Length, FileContent.ChunkSize - filled)];
                    some.CopyTo(_buffer.AsSpan(filled));
                    rest = rest[some.Length..];
                    filled += some.Length;
                    if (filled == FileContent.ChunkSize) Keep(content, ref filled);
                }
            }
            body.AdvanceTo(data.End);
            if (!result.IsCompleted) continue;
            Keep(content, ref filled);
            return content;
        }
    }

    private void Keep(FileContent content, ref int filled)
    {
        if (filled == 0) return;
        if (content.IsInMemory && filled > _memoryLeft)
        {
            _memoryLeft += (int)content.Length;
            content.MoveTo(_spool ??= new UnnamedFileSpool(options.TempDirectory));
        }
        if (content.IsInMemory) _memoryLeft -= filled;
        content.Append(_buffer.AsSpan(0, filled));
        filled = 0;
    }

    private void TakeOfValues(int bytes)
    {
        if (bytes > _valuesLeft) throw FormErrors.ValuesTooLong(options.MaxValuesBytes);
        _valuesLeft -= bytes;
    }

    private static async ValueTask<ReadResult> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!result.IsCanceled) return result;
        body.AdvanceTo(result.Buffer.Start);
        throw new OperationCanceledException("The read of the body was canceled.");
    }

    private static HttpErrorException Refuse(PipeReader body, in ReadOnlySequence<byte> data, HttpErrorException problem)
    {
        body.AdvanceTo(data.End);
        return problem;
    }
}
