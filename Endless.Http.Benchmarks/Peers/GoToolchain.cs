using System.Diagnostics;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>The Go toolchain of the machine, for the programs beside this file.</summary>
/// <param name="directory">For what it makes.</param>
internal sealed class GoToolchain(string directory)
{
    private static readonly string? Go = Peer.FindProgram("go");

    /// <summary>Where Go keeps source that is not a module's: <c>go help gopath</c>.</summary>
    private static readonly string GoPath = Environment.GetEnvironmentVariable("GOPATH") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "go");

    /// <summary>Why it cannot compile a program that needs this package; null if it can.</summary>
    /// <param name="package">A package's path; null for none but Go's own.</param>
    public static string? Lacks(string? package = null)
    {
        if (Go is null) return "Go is not installed";
        return package is null || Directory.Exists(Path.Combine(GoPath, "src", package)) ? null : $"its source is not in {GoPath}/src/{package}";
    }

    /// <summary>Compiles a source file beside this one. The program's path.</summary>
    public async Task<string> BuildAsync(string source)
    {
        var program = Path.Combine(directory, Path.GetFileNameWithoutExtension(source));
        var start = new ProcessStartInfo(Go!, ["build", "-o", program, Path.Combine(AppContext.BaseDirectory, "Peers", source)]);
        start.Environment["GO111MODULE"] = "off"; // packages from GOPATH, and none from the network
        start.Environment["GOPATH"] = GoPath;
        start.Environment["GOCACHE"] = Path.Combine(directory, "go-cache");
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? program : throw new InvalidOperationException($"{Go} did not compile {source}.");
    }
}
