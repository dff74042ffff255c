using System.Text;
using Endless.Http.Native;

namespace Endless.Http.Spawning;

/// <summary>Which file a restart executes, with which arguments: the program as it was named at the start, if that name led to it.</summary>
/// <remarks>
/// argv[0] is whatever the starter chose (<c>exec -a NAME</c>): it may name nothing, or on the PATH another program. The first generation compares, since a later one may
/// start in the middle of a deploy, when its name leads to the build after it already; what it finds is passed on.
/// </remarks>
internal sealed class OwnProgram
{
    private const string RunningFile = "/proc/self/exe";
    private const string Deleted = " (deleted)"; // the kernel's word, behind the path
    private const string Interpreter = "dotnet";

    private readonly byte[] _arguments = File.ReadAllBytes("/proc/self/cmdline");
    private readonly string _directory;

    /// <param name="directory">The working directory at the start, as it was named then.</param>
    /// <param name="continues">This process continues another.</param>
    /// <param name="pinned">What the generation before passed on.</param>
    internal OwnProgram(string directory, bool continues, string? pinned)
    {
        _directory = directory;
        Pinned = continues ? pinned : LeadsHere() ? null : PathOfRunningFile();
    }

    /// <summary>The path to execute whatever argv[0] says, to be passed on to the next generation; null if argv[0] is to be followed.</summary>
    internal string? Pinned { get; }

    /// <summary>argv, each string ended by a NUL.</summary>
    internal ReadOnlySpan<byte> Arguments => _arguments;

    private string Name => Argument(0);

    /// <summary>The file to execute.</summary>
    /// <exception cref="IOException">It is gone, or what it executes in turn; the message names it.</exception>
    internal string Find()
    {
        var path = Pinned ?? Resolve();
        if (path is null || IsExecutable(path) is null) throw Gone(path ?? (Name.Contains('/') ? ProgramPath.FromDirectory(Name, _directory) : $"{Name} in PATH"));
        if (ManagedFile(path) is { } file && !File.Exists(file)) throw Gone(file);
        return path;
    }

    /// <summary>
    /// What <c>dotnet</c>, or the program that the build makes for an assembly, will look for, and without it end with an exit code that says nothing. Null if it is not
    /// known: the same file next to which the assembly was found is the same program, another build may be a single file.
    /// </summary>
    private string? ManagedFile(string path)
    {
        var assembly = Environment.GetCommandLineArgs()[0];
        if (!assembly.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) return null;
        if (Path.GetFileName(PathOfRunningFile()) != Interpreter)
            return FileStamp.Of(path).IsSameFile(FileStamp.Of(RunningFile)) ? Path.Combine(Path.GetDirectoryName(PathOfRunningFile())!, Path.GetFileName(assembly)) : null;
        for (var i = 1; Argument(i) is { Length: > 0 } argument; i++)
            if (Path.GetFileName(argument) == Path.GetFileName(assembly)) return ProgramPath.FromDirectory(argument, _directory);
        return null;
    }

    /// <summary>
    /// argv[0] leads to the running file, or names a script, which has started it by its own name (<c>exec -a "$0"</c>) and is to start it again.
    /// </summary>
    private bool LeadsHere() => Resolve() is { } path && (FileStamp.Of(path).IsSameFile(FileStamp.Of(RunningFile)) || (Name.Contains('/') && IsScript(path)));

    private string? Resolve() => ProgramPath.Find(Name, _directory, Environment.GetEnvironmentVariable("PATH"), IsExecutable);

    private string Argument(int index)
    {
        var rest = _arguments.AsSpan();
        for (; index > 0 && rest.IndexOf((byte)0) is >= 0 and var end; index--) rest = rest[(end + 1)..];
        return index > 0 || rest.IndexOf((byte)0) is not (> 0 and var length) ? "" : Encoding.UTF8.GetString(rest[..length]);
    }

    private static string PathOfRunningFile()
    {
        var path = new FileInfo(RunningFile).LinkTarget ?? RunningFile;
        return path.EndsWith(Deleted, StringComparison.Ordinal) ? path[..^Deleted.Length] : path;
    }

    private static bool IsScript(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadByte() == '#' && file.ReadByte() == '!';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool? IsExecutable(string path) => !File.Exists(path) ? null : Libc.access(path, Libc.X_OK) == 0;

    private static IOException Gone(string path) => new($"the program {path} is gone");
}
