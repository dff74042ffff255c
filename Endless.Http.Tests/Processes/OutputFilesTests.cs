namespace Endless.Http.Tests.Processes;

/// <summary>What lies beside a program that uses the library.</summary>
public sealed class OutputFilesTests
{
    /// <summary>Only its managed assembly is used, for Signum.</summary>
    [Fact]
    public void No_native_library_of_Mono_Posix_comes_along()
    {
        var program = ProgramFile.Of("Endless.Examples");
        var assets = File.ReadAllText($"{program}.deps.json"); // what a publish lays beside it is read from there
        Assert.Contains("Mono.Posix.NETStandard.dll", assets);
        Assert.DoesNotContain("MonoPosixHelper", assets);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(program)!, "*MonoPosixHelper*", SearchOption.AllDirectories));
    }
}
