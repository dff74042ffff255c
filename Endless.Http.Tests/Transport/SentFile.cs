using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Tests.Transport;

/// <summary>A file of seeded bytes to send, and who has it open.</summary>
internal sealed class SentFile : IDisposable
{
    private const int Seed = 20261130;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sent-file-{Guid.NewGuid():N}");

    public SentFile(int size)
    {
        Bytes = new byte[size];
        new Random(Seed).NextBytes(Bytes);
        File.WriteAllBytes(_path, Bytes);
    }

    public byte[] Bytes { get; }

    public string FullName => _path;

    /// <summary>How many descriptors of this process lead to it.</summary>
    public int Descriptors => Directory.GetFileSystemEntries("/proc/self/fd").Count(entry =>
    {
        try
        {
            return File.ResolveLinkTarget(entry, returnFinalTarget: false)?.FullName == _path;
        }
        catch (IOException)
        {
            return false; // it was closed meanwhile
        }
    });

    public SafeFileHandle Open() => File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    public void CutTo(long length)
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }

    public void Dispose() => File.Delete(_path);
}
