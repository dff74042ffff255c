using System.IO.Enumeration;
using Endless.Http.Files;
using Endless.Http.Native;
using Endless.Http.Settings;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http;

/// <summary>
/// The files below a directory, and nothing else: regular files that neither dots, nor an encoding, nor a link lead out to, even while directories are exchanged for links (openat2(2); where the system has it
/// not, no link is followed at all). Go's <c>os.Root</c>. Linux only. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Small files are kept in memory, so that a hot one costs no call to look for it: what is served is at most <see cref="CacheDuration"/> old. After that the file is opened and looked at anew, and read anew where anything of it has
/// changed. A larger file is opened for each request and closed behind it. So no descriptor outlives a request.</para>
/// <para>The directory itself is looked up each time: one that is put in its place (<c>current -&gt; releases/42</c>) is seen.</para>
/// </remarks>
public sealed class PhysicalFiles : FileSource
{
    /// <summary>For names of siblings that are not there: 1,700 of them.</summary>
    private const long MaxMissingBytes = 1 << 20;

    private readonly FileCache _missing = new(MaxMissingBytes);
    private BeneathRoot _beneath;
    private FileCache _cache;

    /// <param name="root">The directory; a relative one is of the working directory as it is now. It need not be there yet.</param>
    /// <exception cref="ArgumentException">It is empty or holds a NUL.</exception>
    public PhysicalFiles(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        if (root.Contains('\0')) throw new ArgumentException("A path holds no NUL.", nameof(root));
        Root = Path.GetFullPath(root);
        _beneath = new BeneathRoot(Root, followsLinksOutside: false);
        _cache = new FileCache(CacheBytes);
    }

    /// <summary>The directory, as an absolute path.</summary>
    public string Root { get; }

    /// <summary>
    /// Links below the root may lead anywhere. Default false: a link that leads out is not found, an absolute one among them, even if it leads back in; relative ones that stay within are followed. Set it before the first request.
    /// </summary>
    public bool FollowLinksOutside
    {
        get;
        set
        {
            field = value;
            _beneath = new BeneathRoot(Root, value) { Walks = _beneath.Walks };
        }
    }

    /// <summary>How long a file's state counts as known: a change is seen after that. Default 1 s; zero has every request look, and keeps nothing in memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than 49 days.</exception>
    public TimeSpan CacheDuration { get; set => field = Allowed.TimerTime(value); } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of memory for small files, in all. Default 16 MiB; 0 keeps none. Set it before the first request.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long CacheBytes
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
            _cache = new FileCache(value);
        }
    } = 16 << 20;

    /// <summary>The largest file that is kept in memory: bytes. Default 64 KiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int CachedFileBytes { get; set => field = Allowed.ZeroOrMore(value); } = 64 * 1024;

    /// <summary>For tests: as if the system had no openat2.</summary>
    internal bool Walks { get => _beneath.Walks; set => _beneath.Walks = value; }

    /// <summary>For tests: bytes in memory.</summary>
    internal long CachedBytes => _cache.Bytes;

    /// <summary>For tests: siblings that are known not to be there.</summary>
    internal int RememberedMissing => _missing.Count;

    internal override bool IsLocal => true;

    /// <inheritdoc/>
    public override ValueTask<FileLookup> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ValueTask<FileLookup>(RequestedPath.IsName(path) ? Open(path) : FileLookup.NotFound);
    }

    /// <inheritdoc/>
    /// <remarks>A request that asks for siblings would look for up to three that are not there, each time. Only names beside files that are there come here, so that no client fills it with names of its own.</remarks>
    internal override ValueTask<FileLookup> OpenSiblingAsync(string path, string suffix, CancellationToken cancellationToken)
    {
        path += suffix;
        var now = Environment.TickCount64;
        if (_missing.Find(path) is { } missing && IsFresh(missing, now))
        {
            missing.UsedAt = now;
            return new ValueTask<FileLookup>(FileLookup.NotFound);
        }
        var found = Open(path);
        if (found.Status == FileLookupStatus.NotFound && CacheDuration > TimeSpan.Zero) _missing.Put(path, new CachedFile(null, default) { CheckedAt = now, UsedAt = now });
        return new ValueTask<FileLookup>(found);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ListedFile>? List(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!RequestedPath.IsName(path)) return null;
        using var root = _beneath.OpenRoot();
        using var directory = root is null ? null : _beneath.Open(root, path.AsSpan(1));
        if (directory is null || FileFacts.Of(directory).Kind != FileKind.Directory) return null;
        // By the descriptor: the path may lead elsewhere by now.
        var names = new FileSystemEnumerable<ListedFile>($"/proc/self/fd/{directory.DangerousGetHandle()}",
            static (ref FileSystemEntry entry) => new ListedFile(entry.FileName.ToString(), entry.IsDirectory),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true });
        var listed = new List<ListedFile>();
        try
        {
            foreach (var name in names)
            {
                // A name that is no UTF-8: no URL leads there.
                if (name.Name.Contains('\ufffd')) continue;
                if (listed.Count == MaxListed) break;
                listed.Add(name);
            }
        }
        catch (DirectoryNotFoundException)
        {
            return null; // there is no /proc
        }
        return listed;
    }

    private FileLookup Open(string path)
    {
        var now = Environment.TickCount64;
        var cached = _cache.Find(path);
        if (cached is not null)
        {
            cached.UsedAt = now;
            if (IsFresh(cached, now)) return cached.Lookup;
        }
        using var root = _beneath.OpenRoot();
        var file = root is null ? null : _beneath.Open(root, path.AsSpan(1));
        if (file is not null) return Look(path, file, cached, now);
        var errno = Errno.Last;
        if (cached is not null) _cache.Drop(path);
        return OpenedFile.Refused(errno);
    }

    /// <param name="path">As it was asked for.</param>
    /// <param name="file">What it leads to now; given on, or closed.</param>
    /// <param name="cached">What it led to before; null if that is not known.</param>
    /// <param name="now">From before it was opened.</param>
    private FileLookup Look(string path, SafeFileHandle file, CachedFile? cached, long now)
    {
        var facts = FileFacts.Of(file);
        if (facts.Kind != FileKind.Regular)
        {
            file.Dispose();
            if (cached is not null) _cache.Drop(path);
            return OpenedFile.OfKind(facts.Kind);
        }
        if (cached is not null && cached.Facts == facts)
        {
            file.Dispose();
            cached.CheckedAt = now;
            return cached.Lookup;
        }
        if (facts.Length > CachedFileBytes || CacheDuration == TimeSpan.Zero || CacheBytes == 0 || ReadWhole(file, facts) is not { } content)
        {
            if (cached is not null) _cache.Drop(path);
            return FileLookup.Found(new ServedFile(file, facts));
        }
        file.Dispose();
        var read = new CachedFile(new ServedFile(content, facts), facts) { CheckedAt = now, UsedAt = now };
        _cache.Put(path, read);
        return read.Lookup;
    }

    /// <summary>The content, all of one version; null where it is written to meanwhile, or the disk would be waited for: it is read as a large one then, and is in the page cache the next time.</summary>
    private static byte[]? ReadWhole(SafeFileHandle file, in FileFacts facts)
    {
        if (facts.Length > 0 && !CachedRead.Has(file, 0, (int)facts.Length)) return null;
        var content = new byte[facts.Length];
        for (var filled = 0; filled < content.Length;)
        {
            var read = DiskReading.Read(file, content.AsSpan(filled), filled);
            if (read == 0) return null;
            filled += read;
        }
        return FileFacts.Of(file) == facts ? content : null;
    }

    private bool IsFresh(CachedFile cached, long now) => now - cached.CheckedAt < CacheDuration.TotalMilliseconds;
}
