namespace Endless.Http.Spawning;

/// <summary>
/// Where argv[0] leads: the path as it was given at the start, not the file it led to then, so that a switched <c>current -> releases/42</c> link or a file replaced in
/// place starts the new build.
/// </summary>
internal static class ProgramPath
{
    /// <summary>The file to execute: the first that may be executed, else the first that is there at all; null if there is none.</summary>
    /// <param name="argument">argv[0].</param>
    /// <param name="directory">The working directory at the start, as it was named then.</param>
    /// <param name="searchPath">PATH.</param>
    /// <param name="isExecutable">Whether a path leads to a file that may be executed; null if it leads to none.</param>
    internal static string? Find(string argument, string directory, string? searchPath, Func<string, bool?> isExecutable)
    {
        string? refused = null;
        foreach (var candidate in Candidates(argument, directory, searchPath))
        {
            switch (isExecutable(candidate))
            {
                case true: return candidate;
                case false: refused ??= candidate; break;
            }
        }
        return refused;
    }

    // Joined as text: Path.GetFullPath would fold "link/.." before the kernel has followed the link.
    private static IEnumerable<string> Candidates(string argument, string directory, string? searchPath)
    {
        if (argument.Contains('/'))
            yield return FromDirectory(argument, directory);
        else if (argument.Length > 0)
        {
            foreach (var entry in (searchPath ?? "").Split(':'))
                yield return entry.StartsWith('/') ? $"{entry.TrimEnd('/')}/{argument}" : $"{directory.TrimEnd('/')}/{entry}/{argument}";
        }
    }

    /// <summary>A path as text, from a directory if it does not begin at the root.</summary>
    internal static string FromDirectory(string path, string directory) => path.StartsWith('/') ? path : $"{directory.TrimEnd('/')}/{path}";
}
