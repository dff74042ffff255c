using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>A temporary file without a name.</summary>
internal static class UnnamedFile
{
    /// <summary>Makes one, for reading and writing. Of its owner alone.</summary>
    /// <param name="directory">On whose file system.</param>
    /// <exception cref="IOException">None can be made there.</exception>
    public static SafeFileHandle Create(string directory)
    {
        if (Libc.OpenUnnamed(directory) is { } file) return file;
        // NFS and others have no O_TMPFILE: one with a name, which is taken away at once.
        var path = Path.Combine(directory, $"endless-{Guid.NewGuid():N}");
        var named = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            File.Delete(path);
        }
        catch
        {
            named.Dispose();
            throw;
        }
        return named;
    }
}
