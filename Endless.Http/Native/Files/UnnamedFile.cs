using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>A temporary file without a name, for its owner alone.</summary>
internal static class UnnamedFile
{
    /// <summary>Makes one, for reading and writing.</summary>
    /// <param name="directory">On whose file system.</param>
    /// <exception cref="IOException">None can be made there.</exception>
    public static SafeFileHandle Create(string directory)
    {
        var file = Libc.OpenPrivate(directory, hasName: false);
        if (file < 0)
        {
            // NFS and others have none such: one with a name, which is taken away at once.
            var path = Path.Combine(directory, $"endless-{Guid.NewGuid():N}");
            file = Libc.OpenPrivate(path, hasName: true);
            if (file < 0) throw new IOException($"cannot make a temporary file in {directory}: {Errno.Describe(Errno.Last)}", Errno.Last);
            _ = Libc.unlink(path);
        }
        return new SafeFileHandle(file, ownsHandle: true);
    }
}
