namespace Endless.Http.Spawning;

/// <summary>
/// Which file a restart executes: the path as it was given at the start, not the file it led to then, so that a switched
/// <c>current -> releases/42</c> link or a file replaced in place starts the new build.
/// </summary>
internal static class ProgramPath
{
    /// <summary>What still names the running program when its path is gone.</summary>
    internal const string RunningProgram = "/proc/self/exe";

    /// <summary>The file to execute.</summary>
    /// <param name="argument">argv[0].</param>
    /// <param name="directory">The working directory at the start, as it was named then.</param>
    /// <param name="searchPath">PATH.</param>
    /// <param name="isExecutable">Whether a path leads to a file that may be executed.</param>
    internal static string Find(string argument, string directory, string? searchPath, Func<string, bool> isExecutable)
    {
        foreach (var candidate in Candidates(argument, directory, searchPath))
        {
            if (isExecutable(candidate)) return candidate;
        }
        return RunningProgram;
    }

    // Joined as text: Path.GetFullPath would fold "link/.." before the kernel has followed the link.
    private static IEnumerable<string> Candidates(string argument, string directory, string? searchPath)
    {
        if (argument.StartsWith('/'))
            yield return argument;
        else if (argument.Contains('/'))
            yield return $"{directory.TrimEnd('/')}/{argument}";
        else if (argument.Length > 0)
        {
            foreach (var entry in (searchPath ?? "").Split(':'))
                yield return entry.StartsWith('/') ? $"{entry.TrimEnd('/')}/{argument}" : $"{directory.TrimEnd('/')}/{entry}/{argument}";
        }
    }
}
