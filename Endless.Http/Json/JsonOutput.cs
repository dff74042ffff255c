using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Endless.Http.Json;

/// <summary>JSON on its way into a response: a writer over pooled memory. One at a time for each thread is kept, since a writer and its state are more than a small answer is.</summary>
/// <remarks>Rented, written by one flow, and either sent or returned. Use after free: what it was sent from is pooled again once the write is complete, and the response has copied or sent it by then.</remarks>
internal sealed class JsonOutput : IBufferWriter<byte>
{
    private const int FirstSize = 4 * 1024;

    /// <summary>More is not kept: a thread that wrote a large answer once would hold on to it.</summary>
    private const int MostKept = 64 * 1024;

    // Of a thread, not of the process.
    [ThreadStatic]
    private static JsonOutput? _spare;

    private readonly JavaScriptEncoder? _encoder;
    private readonly bool _isKept;
    private byte[] _bytes = [];

    private JsonOutput(JsonSerializerOptions? options)
    {
        // Indented is for people and for tests: not kept.
        (_encoder, _isKept) = (options?.Encoder, options is not { WriteIndented: true });
        var settings = new JsonWriterOptions { Encoder = _encoder, SkipValidation = true };
        if (options is { WriteIndented: true }) settings = settings with { Indented = true, IndentCharacter = options.IndentCharacter, IndentSize = options.IndentSize, NewLine = options.NewLine };
        Writer = new Utf8JsonWriter(this, settings);
    }

    /// <summary>Writes into this.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>Bytes that the writer has flushed.</summary>
    public int Length { get; private set; }

    /// <summary>What the writer has flushed.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>An empty one that writes as some options say; null for the defaults. The caller returns it, or sends it.</summary>
    public static JsonOutput Rent(JsonSerializerOptions? options)
    {
        if (_spare is not { } spare || spare._encoder != options?.Encoder || options is { WriteIndented: true }) return new JsonOutput(options);
        _spare = null;
        return spare;
    }

    /// <summary>Has a response take what was written, and returns this once it has. After a write that failed it is not used again: whoever it was given to may still hold it.</summary>
    public Task SendAsync(ResponseWriter w, CancellationToken cancellationToken)
    {
        var writing = w.WriteAsync(Written, cancellationToken);
        if (!writing.IsCompletedSuccessfully) return ReturnAfterAsync(writing);
        Return();
        return writing;
    }

    /// <summary>Drops what was written.</summary>
    public void Clear()
    {
        Length = 0;
        Writer.Reset();
    }

    /// <summary>Nobody uses it any more.</summary>
    public void Return()
    {
        Clear();
        if (_bytes.Length > MostKept || !_isKept)
        {
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
        if (_isKept) _spare = this;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length), nameof(count));
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(Length);
    }

    private void MakeRoom(int size)
    {
        if (_bytes.Length - Length >= size) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, checked(Length + Math.Max(size, Length))));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private async Task ReturnAfterAsync(Task writing)
    {
        await writing.ConfigureAwait(false);
        Return();
    }
}
