namespace Endless.Http.Files;

/// <summary>Bytes that are in memory.</summary>
internal sealed class MemoryBytes(ReadOnlyMemory<byte> content) : FileBytes
{
    public override long Length => content.Length;

    public override ReadOnlyMemory<byte>? Content => content;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        var rest = content[(int)Math.Min(offset, content.Length)..];
        if (rest.Length > buffer.Length) rest = rest[..buffer.Length];
        rest.CopyTo(buffer);
        return new ValueTask<int>(rest.Length);
    }
}
