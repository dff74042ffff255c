using System.Diagnostics;
using Endless.Http.Control;
using Endless.Http.Native;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Restart;

/// <summary>The pid file in a file system that has no locks.</summary>
public sealed class PidFileWithoutLocksTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly LogRecorder _log = new();

    private string Path => _directory["server.pid"];

    public void Dispose() => _directory.Dispose();

    private PidFile Open(int processId, bool follows = false) => new(Path, processId, follows, () => _log, _ => FileLock.Unsupported);

    [Fact]
    public void One_that_a_process_which_is_gone_left_over_is_replaced()
    {
        File.WriteAllText(Path, "2000000000\n"); // more than a pid can be
        using var file = Open(100);
        file.Acquire();
        Assert.Equal("100\n", File.ReadAllText(Path));
        Assert.Contains("cannot be locked (its file system has no locks): whether another instance runs is judged by", _log.Entries[0].Message);
        Assert.Contains("was left over by process 2000000000", _log.Entries[1].Message);
    }

    [Fact]
    public void A_second_instance_is_told_who_holds_it()
    {
        using var first = Open(Environment.ProcessId);
        first.Acquire();
        using var second = Open(200);
        Assert.Equal($"Another instance holds the pid file {Path}: process {Environment.ProcessId}.", Assert.Throws<IOException>(second.Acquire).Message);
        Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(Path));
    }

    [Fact]
    public void A_process_that_got_the_pid_later_does_not_hold_it()
    {
        using var later = Process.Start(new ProcessStartInfo("sleep", ["3600"]))!;
        try
        {
            File.WriteAllText(Path, $"{later.Id}\n");
            using (var second = Open(200)) Assert.Throws<IOException>(second.Acquire);
            File.SetLastWriteTimeUtc(Path, later.StartTime.ToUniversalTime() - TimeSpan.FromMinutes(1));
            using var file = Open(100);
            file.Acquire();
            Assert.Equal("100\n", File.ReadAllText(Path));
        }
        finally
        {
            later.Kill();
            later.WaitForExit();
        }
    }

    [Fact]
    public void One_that_names_this_process_was_written_before_it_began()
    {
        // A container's processes have the same pids each time.
        File.WriteAllText(Path, $"{Environment.ProcessId}\n");
        using var file = Open(Environment.ProcessId);
        file.Acquire();
        Assert.Contains("was left over by process", _log.Entries[1].Message);
    }

    [Fact]
    public void It_follows_the_generations()
    {
        using var old = Open(100);
        old.Acquire();
        using var next = Open(101, follows: true);
        next.Ready();
        next.InCharge(announced: true);
        old.Ended();
        next.PredecessorEnded();
        Assert.Equal("101\n", File.ReadAllText(Path));
        next.Ended();
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }
}
