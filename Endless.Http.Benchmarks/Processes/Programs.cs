using Endless.Http.Benchmarks.Peers;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>The ways in which our examples are compiled, and what is started beside them.</summary>
internal static class Programs
{
    /// <summary>Each with a function from a port to its command line.</summary>
    public static async Task<IReadOnlyList<(string Name, Func<int, string[]> Command)>> OfStartUpAsync(string examples, IEnumerable<Peer> peers, SelfSignedFiles certificate)
    {
        var programs = new List<(string, Func<int, string[]>)> { ("Endless.Http, R2R", port => [examples, "hello", $"127.0.0.1:{port}"]) };
        if (Existing(Jitted, "not built: dotnet build Endless.Examples -c Release") is { } jitted) programs.Add(("Endless.Http, JIT", port => [jitted, "hello", $"127.0.0.1:{port}"]));
        if (Existing(Native(examples), "not published: ./build.sh aot") is { } native) programs.Add(("Endless.Http, AOT", port => [native, "hello", $"127.0.0.1:{port}"]));
        programs.Add(("Kestrel, JIT", port => [Environment.ProcessPath!, KestrelServer.Mode, nameof(Protocol.Http1), .. certificate.Names, $"{port}"]));
        foreach (var peer in peers)
        {
            if (peer is not GoPeer go) continue;
            if (go.Lacks(Works.All[0]) is { } lack)
            {
                Console.WriteLine($"Without {go.Name}: {lack}.");
                continue;
            }
            var program = await go.ProgramAsync();
            programs.Add((go.Name, port => [program, $"127.0.0.1:{port}"]));
        }
        return programs;
    }

    /// <summary>Ours, by how they are compiled, and Go's endless.</summary>
    public static async Task<IReadOnlyList<(string Name, string Program)>> OfRestartAsync(string examples, GoToolchain toolchain)
    {
        var programs = new List<(string, string)> { ("R2R", examples) };
        if (Existing(Native(examples), "not published: ./build.sh aot") is { } native) programs.Add(("AOT", native));
        if (GoToolchain.Lacks("github.com/fvbock/endless") is { } lack) Console.WriteLine($"Without Go's endless: {lack}.");
        else programs.Add(("Go endless", await toolchain.BuildAsync("endless.go")));
        return programs;
    }

    private static string Jitted => Path.GetFullPath("../../../../Endless.Examples/bin/Release/net10.0/Endless.Examples", AppContext.BaseDirectory);

    private static string Native(string examples) => Path.GetFullPath("../../aot/Endless.Examples", examples);

    private static string? Existing(string program, string otherwise)
    {
        if (File.Exists(program)) return program;
        Console.WriteLine($"Without {program}: {otherwise}.");
        return null;
    }
}
