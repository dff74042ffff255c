using System.Globalization;
using System.Text.RegularExpressions;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Deploys as people do them: which program a restart starts, and what of its surroundings the new generation has.</summary>
public partial class DeployTests
{
    private const string Serve = "serve 127.0.0.1:0";

    [Fact]
    public async Task Neither_environment_nor_descriptors_reach_a_subprocess()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, "report");
        var pid = await app.RestartAsync();
        await app.SaysAsync($"generation 2, pid {pid}");
        await app.SaysAsync($"subprocess variables 0, pid {pid}");
        await app.SaysAsync($"subprocess sockets 0, pid {pid}");
    }

    [Fact]
    public async Task Arguments_survive_as_they_are()
    {
        await using var app = await RestartApp.StartAsync([Serve, "report"], app => app["app"], ["", " two words ", "ü\n", "--x=\"y\""]);
        var pid = await app.RestartAsync();
        var expected = (await app.Server.Output.WaitForAsync(line => line.StartsWith("arguments "), 2)).Select(line => line.Split(", pid")[0]).ToArray();
        Assert.Equal(expected[0], expected[1]);
        await app.SaysAsync($"--x=\"y\", pid {pid}");
    }

    [Fact]
    public async Task A_program_given_relative_to_a_directory_whose_link_is_switched_is_the_new_one()
    {
        // current -> 1, started as "./app" with current as the working directory; then current -> 2, and 1 is deleted.
        await using var app = await RestartApp.StartAsync(
            [Serve, "report"],
            app =>
            {
                foreach (var release in (string[])["1", "2"])
                {
                    Directory.CreateDirectory(app[release]);
                    File.CreateSymbolicLink(app[release + "/app"], new FileInfo(app["app"]).LinkTarget!);
                }
                app.Link("current", app["1"]);
                return app.Executable("start.sh", $"#!/bin/sh\ncd {app["current"]} && exec ./app \"$@\"\n");
            });
        app.Link("current", app["2"]);
        Directory.Delete(app["1"], recursive: true);
        var pid = await app.RestartAsync();
        await app.SaysAsync($"directory {app["2"]}, pid {pid}");
        Assert.Equal(app["2"], new FileInfo($"/proc/{pid}/cwd").LinkTarget);
        Assert.StartsWith("./app\0", File.ReadAllText($"/proc/{pid}/cmdline"));
    }

    [Fact]
    public async Task A_working_directory_that_is_gone_does_not_matter()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => app["app"], directory: app => Directory.CreateDirectory(app["work"]).FullName);
        Directory.Delete(app["work"]);
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
    }

    [Fact]
    public async Task A_program_found_in_PATH_is_found_there_again()
    {
        await using var app = await RestartApp.StartAsync(
            [Serve], app => app.Executable("start.sh", $"#!/bin/sh\nPATH={Path.GetDirectoryName(app["app"])}:$PATH exec app \"$@\"\n"));
        var pid = await app.RestartAsync();
        Assert.StartsWith("app\0", File.ReadAllText($"/proc/{pid}/cmdline"));
    }

    [Fact]
    public async Task A_program_started_by_dotnet_is_started_so_again()
    {
        await using var app = await RestartApp.StartAsync(
            [Serve, "report"], app => app.Executable("start.sh", $"#!/bin/sh\nexec \"$DOTNET_ROOT/dotnet\" {ProgramFile.Of("Endless.Http.RestartApp")}.dll \"$@\"\n"), ["an argument"]);
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
        await app.SaysAsync($"arguments an argument, pid {pid}");
        Assert.EndsWith("/dotnet", new FileInfo($"/proc/{pid}/exe").LinkTarget);
    }

    [Fact]
    public async Task A_file_replaced_in_place_is_the_new_program()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => app.Executable("deployed", Build(app, 1)));
        app.Executable("deployed", Build(app, 2));
        var pid = await app.RestartAsync();
        Assert.Contains("BUILD=2", File.ReadAllText($"/proc/{pid}/environ").Split('\0'));

        // Under the name that it was started by itself.
        static string Build(RestartApp app, int number) => $"#!/bin/bash\nBUILD={number} exec -a \"$0\" {app["app"]} \"$@\"\n";
    }

    [Fact]
    public async Task Umask_nice_and_environment_survive_and_a_changed_configuration_file_is_read()
    {
        await using var app = await RestartApp.StartAsync(
            [Serve], app => app.Executable("start.sh", $"#!/bin/sh\numask 027\nDEPLOYED=yes exec nice -n 5 {app["app"]} \"$@\"\n"));
        app.Script(Serve, "state changed");
        var pid = await app.RestartAsync();
        await app.SaysAsync($"state was '', pid {pid}");
        Assert.Contains("Umask:\t0027", File.ReadLines($"/proc/{pid}/status"));
        Assert.Equal("5", Stat(pid, 19));
        Assert.Contains("DEPLOYED=yes", File.ReadAllText($"/proc/{pid}/environ").Split('\0'));
    }

    [FactWithTools("script")]
    public async Task The_controlling_terminal_survives()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["script"], Serve);
        // script(1) gives the command a terminal of its own. .NET sends it a few sequences first.
        await using var server = ServerProcess.Start("script", ["-qfc", $"{ProgramFile.Of("Endless.Http.RestartApp")} {directory["script"]}", "/dev/null"]);
        var first = Pid((await server.Output.WaitForAsync(line => Listening().IsMatch(line)))[0]);
        var terminal = Stat(first, 7);
        Assert.NotEqual("0", terminal);
        server.Signal(Signum.SIGHUP, first);
        var second = Pid((await server.Output.WaitForAsync(line => Listening().IsMatch(line), 2))[1]);
        Assert.NotEqual(first, second);
        Assert.Equal(terminal, Stat(second, 7));
        await server.Output.WaitForAsync("stays in the foreground"); // it leads the session: with its end the terminal would be gone

        static int Pid(string line) => int.Parse(Listening().Match(line).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [FactWithTools("nohup")]
    public async Task A_SIGHUP_that_nohup_has_ignored_restarts_all_the_same()
    {
        await using var app = await RestartApp.StartAsync([Serve], app => app.Executable("start.sh", $"#!/bin/sh\nexec nohup {app["app"]} \"$@\"\n"));
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
    }

    /// <summary>A field of proc(5)'s stat, counted from 1, behind the name.</summary>
    private static string Stat(int pid, int field)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[field - 3];
    }

    [GeneratedRegex(@"Listening on \S+, pid (\d+)$")]
    private static partial Regex Listening();
}
