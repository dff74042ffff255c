using System.Text;
using Endless.Http.Channels;
using Endless.Http.Native;
using Endless.Http.Spawning;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Native;

public class PosixSpawnTests
{
    private static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    private static byte[] Block(params string[] strings) => Encoding.UTF8.GetBytes(string.Concat(strings.Select(s => s + '\0')));

    private static async Task<ExitStatus> RunAsync(
        string path, string[] arguments, string[]? environment = null, string? directory = null, int[]? descriptors = null, int[]? blocked = null)
    {
        var (own, childs) = ControlChannel.CreatePair();
        childs.Dispose();
        using var control = new ControlChannel(own);
        var id = PosixSpawn.Start(path, Block(arguments), Block(environment ?? []), directory, descriptors ?? [], blocked);
        return await Child(id, control).Exited.WaitAsync(Deadline);
    }

    private static ChildProcess Child(int id, ControlChannel control)
    {
        var child = new ChildProcess(control);
        child.Began(id);
        return child;
    }

    private static Task<ExitStatus> ShellAsync(string script, string[]? environment = null, string? directory = null, int[]? descriptors = null) =>
        RunAsync("/bin/sh", ["sh", "-c", script], environment, directory, descriptors);

    [Fact]
    public async Task A_program_runs_and_its_exit_code_is_told()
    {
        Assert.Equal("exited with code 0", (await RunAsync("/bin/true", ["true"])).ToString());
        Assert.Equal(7, (await ShellAsync("exit 7")).Code);
    }

    [Fact]
    public async Task A_program_killed_by_a_signal_is_told_so() =>
        Assert.Equal("was killed by SIGTERM", (await ShellAsync("kill -TERM $$")).ToString());

    [Fact]
    public async Task Kill_ends_a_program_and_is_harmless_afterwards()
    {
        var (own, childs) = ControlChannel.CreatePair();
        childs.Dispose();
        using var control = new ControlChannel(own);
        var child = Child(PosixSpawn.Start("/bin/sleep", Block("sleep", "600"), [], null, []), control);
        child.Kill();
        Assert.Equal("was killed by SIGKILL", (await child.Exited.WaitAsync(Deadline)).ToString());
        child.Kill();
    }

    [Fact]
    public async Task Nothing_stays_behind_as_a_zombie()
    {
        var (own, childs) = ControlChannel.CreatePair();
        childs.Dispose();
        using var control = new ControlChannel(own);
        var child = Child(PosixSpawn.Start("/bin/true", Block("true"), [], null, []), control);
        await child.Exited.WaitAsync(Deadline);
        Assert.False(Directory.Exists($"/proc/{child.Id}"));
    }

    [Fact]
    public void A_missing_program_is_an_error_that_names_it()
    {
        var failure = Assert.Throws<IOException>(() => { PosixSpawn.Start("/no/such/program", Block("x"), [], null, []); });
        Assert.Equal("cannot execute /no/such/program: No such file or directory", failure.Message);
    }

    [Fact]
    public void A_file_that_is_no_program_is_an_error_that_names_it()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["app"], "half an upload");
        File.SetUnixFileMode(directory["app"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var failure = Assert.Throws<IOException>(() => { PosixSpawn.Start(directory["app"], Block("app"), [], null, []); });
        Assert.Equal($"cannot execute {directory["app"]}: Exec format error", failure.Message);
    }

    [Fact]
    public async Task Arguments_and_environment_arrive_as_they_are() =>
        Assert.Equal(0, (await RunAsync("/bin/sh", ["sh", "-c", "[ \"$0|$1|$2|$#\" = \"a|| b c|2\" ] && [ \"$X\" = 'ü y' ] && [ -z \"$HOME\" ]", "a", "", " b c"], ["X=ü y"])).Code);

    [Fact]
    public async Task The_working_directory_is_the_one_asked_for() =>
        Assert.Equal(0, (await ShellAsync("[ \"$(pwd -P)\" = /proc ]", directory: "/proc")).Code);

    [Fact]
    public async Task Descriptors_become_3_4_5_and_nothing_else_is_there()
    {
        using var directory = new TempDirectory();
        var files = Enumerable.Range(0, 3).Select(i => File.Open(directory[$"{i}"], FileMode.Create)).ToArray();
        var (own, childs) = ControlChannel.CreatePair();
        childs.Dispose();
        using var control = new ControlChannel(own);
        ChildProcess? child = null;
        try
        {
            int[] descriptors = [.. files.Select(file => (int)file.SafeFileHandle.DangerousGetHandle()).Reverse()];
            child = Child(PosixSpawn.Start("/bin/sleep", Block("sleep", "600"), [], null, descriptors), control);
            string[] Open() => [.. Directory.GetFiles($"/proc/{child.Id}/fd").Select(link => Path.GetFileName(link)!).Order()];
            await Http.Load.Deadline.UntilAsync(() => Open().SequenceEqual(["0", "1", "2", "3", "4", "5"]), "the program has closed its libraries and has nothing else open");
            Assert.Equal([directory["2"], directory["1"], directory["0"]], Enumerable.Range(3, 3).Select(fd => new FileInfo($"/proc/{child.Id}/fd/{fd}").LinkTarget!));
        }
        finally
        {
            child?.Kill();
            if (child != null) await child.Exited.WaitAsync(Deadline);
            foreach (var file in files) file.Dispose();
        }
    }

    [Fact]
    public async Task Sources_below_the_targets_are_not_overwritten()
    {
        // 0, 1 and 2 are there in any process: as 4, 3 and 5 they are what they were.
        var links = ((int[])[1, 0, 2]).Select(fd => new FileInfo($"/proc/self/fd/{fd}").LinkTarget).ToArray();
        var script = string.Join(" && ", links.Select((link, i) => $"[ \"$(readlink /proc/self/fd/{i + 3})\" = '{link}' ]"));
        Assert.Equal(0, (await ShellAsync(script, descriptors: [1, 0, 2])).Code);
    }

    [Fact]
    public async Task Signal_mask_and_dispositions_are_the_defaults()
    {
        using var directory = new TempDirectory();
        Assert.Equal(0, (await RunAsync("/bin/cp", ["cp", "/proc/self/status", directory["status"]])).Code);
        var status = File.ReadAllText(directory["status"]);
        long Set(string name) => Convert.ToInt64(status.Split('\n').Single(line => line.StartsWith(name)).Split('\t')[1], 16);
        Assert.Equal(0, Set("SigBlk"));
        // Of what .NET ignores (SIGPIPE) nothing is left. glibc's posix_spawn itself ignores 32 and 33, which it uses between threads.
        Assert.Equal(0, Set("SigIgn") & ~0x180000000);
    }

    [Fact]
    public async Task Signals_to_be_blocked_are_and_no_others()
    {
        using var directory = new TempDirectory();
        Assert.Equal(0, (await RunAsync("/bin/cp", ["cp", "/proc/self/status", directory["status"]], blocked: [1, 15])).Code);
        Assert.Contains("SigBlk:\t0000000000004001", File.ReadLines(directory["status"]));
    }
}
