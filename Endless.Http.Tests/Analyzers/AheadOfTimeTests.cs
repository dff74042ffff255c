using System.Diagnostics;
using System.Runtime.CompilerServices;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Analyzers;

/// <summary>A program that is published with <c>-p:PublishAot=true</c> hands that property to every project it references.</summary>
public sealed class AheadOfTimeTests
{
    [Fact]
    public async Task The_analyzers_stand_in_no_program_s_way()
    {
        using var directory = new TempDirectory();
        using var process = Process.Start(new ProcessStartInfo(Tool.Find("dotnet")!, ["msbuild", Project(), "-t:Restore", "-p:PublishAot=true", $"-p:ArtifactsPath={directory.Path}", "-nologo", "-nodeReuse:false"]) { RedirectStandardOutput = true })!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Deadline.Default);
            await process.WaitForExitAsync().WaitAsync(Deadline.Default);
            Assert.True(process.ExitCode == 0, output);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string Project([CallerFilePath] string file = "") => Path.GetFullPath("../../Endless.Http.Analyzers/Endless.Http.Analyzers.csproj", Path.GetDirectoryName(file)!);
}
