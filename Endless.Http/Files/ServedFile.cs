using System.Globalization;
using Endless.Http.Files;
using Endless.Http.Native;
using Endless.Http.Semantics;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http;

/// <summary>An open file: bytes of a known number, and what tells one version of them from another. Made by a <see cref="FileSource"/>.</summary>
/// <remarks>Of bytes in memory it may be shared by any number of requests, and <see cref="Dispose"/> does nothing; of a stream or a descriptor it is for one, and closes that.</remarks>
public sealed class ServedFile : IDisposable
{
    private readonly FileBytes _bytes;
    private string? _lastModified;

    private ServedFile(FileBytes bytes, DateTimeOffset? modified, string? entityTag)
    {
        if (entityTag is not null && !EntityTag.IsValid(entityTag)) throw new ArgumentException("An entity tag stands in quotes and holds neither spaces nor control characters: \"v1\", or W/\"v1\" (RFC 9110 section 8.8.3).", nameof(entityTag));
        _bytes = bytes;
        Modified = modified > DateTimeOffset.UnixEpoch ? modified : null;
        ETag = entityTag;
    }

    /// <summary>A file in memory.</summary>
    /// <param name="content">Its bytes, which do not change any more.</param>
    /// <param name="modified">As in <see cref="Modified"/>.</param>
    /// <param name="entityTag">As in <see cref="ETag"/>.</param>
    /// <exception cref="ArgumentException">It is no entity tag.</exception>
    public ServedFile(ReadOnlyMemory<byte> content, DateTimeOffset? modified = null, string? entityTag = null) : this(new MemoryBytes(content), modified, entityTag)
    {
    }

    /// <summary>A stream that can seek. It is disposed of with the file.</summary>
    /// <inheritdoc cref="ServedFile(ReadOnlyMemory{byte}, DateTimeOffset?, string?)"/>
    /// <exception cref="ArgumentException">It cannot seek; or it is no entity tag.</exception>
    public ServedFile(Stream content, DateTimeOffset? modified = null, string? entityTag = null) : this(new StreamBytes(content, ownsStream: true), modified, entityTag)
    {
    }

    /// <summary>An open file. It is closed with this object. Time, size and entity tag are the file's.</summary>
    /// <exception cref="ArgumentException">It is no regular file: a directory, a device, a pipe, a socket.</exception>
    public ServedFile(SafeFileHandle file) : this(file, FactsOf(file))
    {
    }

    internal ServedFile(SafeFileHandle file, in FileFacts facts) : this(new DiskBytes(file, facts), TimeOf(facts), TagOf(facts))
    {
    }

    /// <summary>What was read of a file, as it was then.</summary>
    internal ServedFile(byte[] content, in FileFacts facts) : this(new MemoryBytes(content), TimeOf(facts), TagOf(facts))
    {
    }

    /// <summary>What a handler gave to be sent: it stays the handler's.</summary>
    internal static ServedFile Borrow(Stream content, DateTimeOffset? modified) => new(new StreamBytes(content, ownsStream: false), modified, entityTag: null);

    /// <summary>Bytes.</summary>
    public long Length => _bytes.Length;

    /// <summary>When the content was changed last, for Last-Modified; null if that is not known. 1970 and before is not known: archives and images that are built to be the same each time have such times.</summary>
    public DateTimeOffset? Modified { get; }

    /// <summary>
    /// The entity tag (RFC 9110 section 8.8.3), with its quotes; null for none. A file's on disk is strong, of its size and the nanosecond of its last change: other servers that have a copy with its time (<c>rsync -a</c>,
    /// an image) say the same, so that a download goes on at any of them. Not of its inode, which is another on each. Two changes within the granularity of the file system's clock (4 ms before Linux 6.13) that leave the size look alike.
    /// </summary>
    public string? ETag { get; }

    /// <summary>The whole content, where it is in memory.</summary>
    internal ReadOnlyMemory<byte>? Content => _bytes.Content;

    /// <summary>The file, where it is one on disk.</summary>
    internal SafeFileHandle? Handle => _bytes.Handle;

    /// <summary>What is there now is what was there when it was opened, or more behind it.</summary>
    internal bool IsUnchanged => _bytes.IsUnchanged;

    /// <summary>The type that its first bytes are of, once somebody has looked.</summary>
    internal string? SniffedType { get; set; }

    /// <summary>The Last-Modified field; null for none. Never later than now (RFC 9110 section 8.8.2.1).</summary>
    internal string? LastModified => Modified is not { } modified ? null
        : modified > DateTimeOffset.UtcNow ? HttpDate.Format(DateTimeOffset.UtcNow)
        : _lastModified ??= HttpDate.Format(modified);

    /// <summary>Reads from a place in the file. The number of bytes: fewer than the buffer has room for now and then, 0 behind the end.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return offset >= Length ? default : _bytes.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Length - offset)], offset, cancellationToken);
    }

    /// <summary>Closes what is under it.</summary>
    public void Dispose() => _bytes.Dispose();

    private static FileFacts FactsOf(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var facts = FileFacts.Of(file);
        return facts.Kind == FileKind.Regular ? facts : throw new ArgumentException($"A file that is served is a regular one; this is {facts.Kind.Describe()}.", nameof(file));
    }

    private static DateTimeOffset? TimeOf(in FileFacts facts) =>
        facts.ModifiedSeconds <= 0 || facts.ModifiedSeconds >= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? null
        : DateTimeOffset.FromUnixTimeSeconds(facts.ModifiedSeconds).AddTicks(facts.ModifiedNanoseconds / 100);

    private static string TagOf(in FileFacts facts) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{facts.ModifiedSeconds:x}{facts.ModifiedNanoseconds:x8}-{facts.Length:x}\"");
}
