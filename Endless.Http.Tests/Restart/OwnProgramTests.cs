using System.Globalization;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Under whatever name the program was started, a restart starts the program, or says that it is gone.</summary>
public class OwnProgramTests
{
    private const string Serve = "serve 127.0.0.1:0";

    private static readonly string Real = ProgramFile.Of("Endless.Http.RestartApp");

    [FactWithTools("bash")]
    public async Task A_name_that_is_another_programs_on_the_PATH_does_not_start_that_one()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => app.Executable("start.sh", $"#!/bin/bash\nexec -a sleep {app["app"]} \"$@\"\n"));
        await app.RestartAsync();
        var pid = await app.RestartAsync(); // the second knows it too
        Assert.Equal($"generation 3 pid {pid}", await app.GetAsync());
        Assert.StartsWith("sleep\0", File.ReadAllText($"/proc/{pid}/cmdline"));
        Assert.Equal(Real, new FileInfo($"/proc/{pid}/exe").LinkTarget);
        await app.Server.StopAsync();
    }

    [FactWithTools("bash")]
    public async Task A_path_that_is_another_programs_does_not_start_that_one()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => app.Executable("start.sh", $"#!/bin/bash\nexec -a /bin/sleep {app["app"]} \"$@\"\n"));
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
    }

    [FactWithTools("bash")]
    public async Task A_name_that_is_no_programs_starts_this_one()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => app.Executable("start.sh", $"#!/bin/bash\nexec -a 'my server' {app["app"]} \"$@\"\n"));
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
    }

    [Fact]
    public async Task A_link_switched_while_a_generation_starts_is_followed_by_the_next()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script($"wait-for {app["go"]}", Serve);
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync("waits for");
        app.ReplaceProgram(app.Executable("other", $"#!/bin/sh\nBUILD=2 exec {Real} \"$@\"\n")); // argv[0] of the one that starts leads elsewhere now
        app.Release("go");
        var second = await app.Server.Output.WaitForAsync(line => line.StartsWith("Listening on "), 2);
        app.Server.Follow(int.Parse(second[1].Split("pid ")[1], CultureInfo.InvariantCulture));
        await app.Server.GoneAsync(app.Pid);
        app.Script(Serve);
        var third = await app.RestartAsync();
        Assert.Contains("BUILD=2", File.ReadAllText($"/proc/{third}/environ").Split('\0'));
    }

    [Fact]
    public async Task A_program_that_is_gone_is_named_and_may_come_back()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        File.Delete(app["app"]);
        Assert.EndsWith($"Restart failed: the program {app["app"]} is gone. This generation serves on; SIGHUP tries again.", await app.FailingRestartAsync());
        app.ReplaceProgram();
        await app.RestartAsync();
    }

    [Fact]
    public async Task An_executable_file_that_is_deleted_is_named()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => $"{CopyBuild(app)}/Endless.Http.RestartApp");
        File.Delete($"{app["build"]}/Endless.Http.RestartApp");
        Assert.Contains($"Restart failed: the program {app["build"]}/Endless.Http.RestartApp is gone.", await app.FailingRestartAsync());
    }

    [Fact]
    public async Task An_assembly_that_is_deleted_beside_its_program_is_named()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => $"{CopyBuild(app)}/Endless.Http.RestartApp");
        File.Delete($"{app["build"]}/Endless.Http.RestartApp.dll");
        Assert.Contains($"Restart failed: the program {app["build"]}/Endless.Http.RestartApp.dll is gone.", await app.FailingRestartAsync());
    }

    [Fact]
    public async Task An_assembly_that_is_deleted_and_was_started_by_dotnet_is_named()
    {
        await using var app = await RestartApp.StartAsync(
            [Serve], app => app.Executable("start.sh", $"#!/bin/sh\nexec \"$DOTNET_ROOT/dotnet\" {CopyBuild(app)}/Endless.Http.RestartApp.dll \"$@\"\n"));
        File.Delete($"{app["build"]}/Endless.Http.RestartApp.dll");
        Assert.Contains($"Restart failed: the program {app["build"]}/Endless.Http.RestartApp.dll is gone.", await app.FailingRestartAsync());
    }

    /// <summary>Its directory.</summary>
    private static string CopyBuild(RestartApp app)
    {
        var copy = Directory.CreateDirectory(app["build"]).FullName;
        var build = Path.GetDirectoryName(Real)!;
        foreach (var file in Directory.GetFiles(build, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(build, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }
}
