using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>Scripts that tests write and have executed.</summary>
internal static class ExecutableFile
{
    /// <summary>
    /// Writes it by a process of its own. Open for writing here, its descriptor could be inherited by whatever another test starts meanwhile, and until that one has
    /// executed its program the kernel refuses to execute the file (ETXTBSY).
    /// </summary>
    public static string Write(string path, string text)
    {
        using var shell = Process.Start("/bin/sh", ["-c", "umask 022 && printf %s \"$1\" > \"$0\" && chmod 755 \"$0\"", path, text]);
        Assert.True(shell.WaitForExit(Deadline.Default) && shell.ExitCode == 0, $"{path} could not be written");
        return path;
    }
}
