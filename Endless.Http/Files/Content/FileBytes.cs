using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Files;

/// <summary>Where the bytes of a served file are.</summary>
internal abstract class FileBytes : IDisposable
{
    public abstract long Length { get; }

    /// <summary>All of them, where they are in memory.</summary>
    public virtual ReadOnlyMemory<byte>? Content => null;

    /// <summary>The file, where it is one on disk.</summary>
    public virtual SafeFileHandle? Handle => null;

    /// <summary>The first <see cref="Length"/> bytes are still what they were, as far as that can be known.</summary>
    public virtual bool IsUnchanged => true;

    /// <summary>Reads from a place; 0 at the end.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken);

    public virtual void Dispose() { }
}
