using System.Runtime.InteropServices;
using System.Text;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>What .NET has no call for, and how many descriptors lead to a file.</summary>
internal static partial class PosixFiles
{
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int creat(byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlink(byte[] path);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    public static void MakeFifo(string path) => Assert.Equal(0, mkfifo(path, 0x1B6));

    /// <summary>Makes an empty file whose name is no UTF-8.</summary>
    public static void CreateRaw(string directory, ReadOnlySpan<byte> name) => Assert.Equal(0, close(creat(RawPath(directory, name), 0x1B6)));

    /// <summary>Removes it: .NET cannot.</summary>
    public static void DeleteRaw(string directory, ReadOnlySpan<byte> name) => Assert.Equal(0, unlink(RawPath(directory, name)));

    private static byte[] RawPath(string directory, ReadOnlySpan<byte> name) => [.. Encoding.UTF8.GetBytes(directory), (byte)'/', .. name, 0];

    /// <summary>Runs something on a thread that has the rights of nobody in particular on files, even where the process is root's.</summary>
    public static T AsNobody<T>(Func<T> what)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            const uint nobody = 65534;
            if (geteuid() == 0) _ = setfsuid(nobody); // of this thread alone
            try
            {
                result = what();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw failure;
    }

    /// <summary>Descriptors of this process for something below a directory.</summary>
    public static int OpenBelow(string directory)
    {
        var count = 0;
        foreach (var fd in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
            if (new FileInfo(fd).LinkTarget is { } target && target.StartsWith(directory, StringComparison.Ordinal)) count++;
        return count;
    }
}
