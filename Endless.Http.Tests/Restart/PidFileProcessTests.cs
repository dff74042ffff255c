using System.Globalization;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Restart;

/// <summary>The pid file of real processes, in surroundings that do not suit it.</summary>
public sealed class PidFileProcessTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly TempDirectory _directory = new();

    private string Path => _directory["server.pid"];

    public void Dispose() => _directory.Dispose();

    /// <summary>The test server, behind a command that starts it.</summary>
    private ServerProcess Start(string[]? command = null, Dictionary<string, string?>? environment = null)
    {
        string[] words = [.. command ?? [], ExampleProcess.Program, "testserver", "--addr", "127.0.0.1:0", "--pidfile", Path, "--probation", ExampleProcess.Probation];
        return ServerProcess.Start(Tool.Find(words[0]) ?? words[0], words[1..], environment);
    }

    [Fact]
    public async Task Nobody_else_may_write_it_whatever_the_umask()
    {
        await using var server = Start(["sh", "-c", "umask 0; exec \"$@\"", "sh"]);
        await server.ListeningAsync();
        Assert.Equal("rw-r--r--", Mode());
        var old = server.Pid;
        await server.RestartAsync();
        await server.GoneAsync(old);
        Assert.Equal("rw-r--r--", Mode());
        await server.StopAsync();
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task A_variable_alone_does_not_make_a_second_instance_the_next_generation()
    {
        await using var first = Start();
        await first.ListeningAsync();
        await using var second = Start(environment: new() { ["ENDLESS_CONTINUE"] = "1" });
        await second.Output.WaitForAsync($"Another instance holds the pid file {Path}: process {first.Pid}.");
        await second.GoneAsync(second.Pid);
        Assert.Equal($"{first.Pid}\n", await File.ReadAllTextAsync(Path));
    }

    [FactWithAnotherUser]
    public async Task In_a_directory_of_another_users_it_is_said_that_this_one_may_not_write_there()
    {
        Open(_directory.Path);
        await File.WriteAllTextAsync(Path, "2000000000\n");
        await using var server = Start(As(Nobody));
        await server.ListeningAsync();
        await server.Output.WaitForAsync($"Cannot write the pid file {Path}: Permission denied: this user may not write the file that is there. The server serves without it.");
        await server.Output.WaitForAsync($"Cannot take restarts at {Path}.sock: Permission denied. SIGHUP works all the same.");
        await server.StopAsync();
        Assert.Equal("2000000000\n", await File.ReadAllTextAsync(Path));
    }

    [FactWithAnotherUser]
    public async Task Another_users_directory_with_a_file_of_its_own_in_it_will_do()
    {
        Open(_directory.Path);
        await File.WriteAllTextAsync(Path, "");
        await Tool.RunAsync("chown", Nobody, Path);
        await using var server = Start(As(Nobody));
        await server.ListeningAsync();
        Assert.Equal(server.Pid.ToString(CultureInfo.InvariantCulture), (await File.ReadAllTextAsync(Path)).TrimEnd());
        var old = server.Pid;
        var next = await server.RestartAsync();
        await server.GoneAsync(old);
        await server.Output.WaitForAsync(line => line.Contains($"pid {next}: Generation 1 ") && line.EndsWith("has finished."));
        Assert.Equal($"{next}\n", await File.ReadAllTextAsync(Path));
        await using var second = Start(As(Nobody));
        await second.Output.WaitForAsync($"Another instance holds the pid file {Path}: process {next}.");
        await server.StopAsync();
        Assert.Equal("", await File.ReadAllTextAsync(Path)); // it may not be removed
    }

    private string Mode() => File.GetUnixFileMode(Path) switch
    {
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead => "rw-r--r--",
        var other => other.ToString(),
    };

    private static void Open(string directory) =>
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    private static string[] As(string user) => ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"];
}
