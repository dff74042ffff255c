using System.Globalization;

namespace Endless.Http.Tests.Processes;

/// <summary>What the kernel knows of a process.</summary>
internal static class ProcessStatus
{
    /// <summary>Resident memory, in bytes.</summary>
    public static long ResidentBytes(int pid) => Field(pid, "VmRSS:") * 1024;

    /// <summary>Number of open descriptors.</summary>
    public static int Descriptors(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    /// <summary>Number of open sockets: what the process opens for a moment, as it does to look at its own threads, is not among them.</summary>
    public static int Sockets(int pid) =>
        new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos().Count(descriptor => descriptor.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>Threads of .NET's pool.</summary>
    public static int PoolThreads(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Count(task => File.ReadAllText($"{task}/comm").StartsWith(".NET TP Worker", StringComparison.Ordinal));

    /// <summary>Lines of its status, for a message; none if it is gone.</summary>
    public static IEnumerable<string> Lines(int pid, params string[] names)
    {
        try
        {
            return File.ReadAllLines($"/proc/{pid}/status").Where(line => names.Any(name => line.StartsWith(name, StringComparison.Ordinal)));
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The processes that have a file open.</summary>
    public static IEnumerable<int> Holders(string path) => Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(pid =>
    {
        try
        {
            return new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos().Any(descriptor => descriptor.LinkTarget == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static long Field(int pid, string name)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture);
    }
}
