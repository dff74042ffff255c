using System.Net.Sockets;
using Endless.Http.Control;
using Endless.Http.Load;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

public sealed class PidFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly LogRecorder _log = new();

    private string Path => _directory["server.pid"];

    public void Dispose() => _directory.Dispose();

    private PidFile Open(int processId, bool follows = false) => new(Path, processId, follows, () => _log);

    [Fact]
    public void It_is_written_at_the_start_and_removed_at_the_end()
    {
        using var file = Open(100);
        file.Acquire();
        Assert.Equal("100\n", File.ReadAllText(Path));
        file.Acquire();
        file.Ended();
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void A_second_instance_is_told_who_holds_it()
    {
        using var first = Open(100);
        first.Acquire();
        using var second = Open(200);
        var exception = Assert.Throws<IOException>(second.Acquire);
        Assert.Equal($"Another instance holds the pid file {Path}: process 100.", exception.Message);
        second.Ended();
        Assert.Equal("100\n", File.ReadAllText(Path));
        first.Ended();
        second.Acquire();
        Assert.Equal("200\n", File.ReadAllText(Path));
    }

    [Theory]
    [InlineData("4711\n")]
    [InlineData("no number")]
    [InlineData("")]
    public void One_that_is_left_over_is_replaced(string content)
    {
        File.WriteAllText(Path, content);
        using var file = Open(100);
        file.Acquire();
        Assert.Equal("100\n", File.ReadAllText(Path));
        Assert.Equal(content == "4711\n", _log.Entries.Any(entry => entry.Message.Contains("left over by process 4711", StringComparison.Ordinal)));
    }

    [Fact]
    public void It_follows_the_generations_when_each_is_ready()
    {
        using var old = Open(100);
        old.Acquire();
        using var next = Open(101, follows: true);
        next.Acquire();
        Assert.Equal("100\n", File.ReadAllText(Path));
        next.Ready();
        Assert.Equal("101\n", File.ReadAllText(Path));
        old.Ended();
        Assert.Equal("101\n", File.ReadAllText(Path));
        using var stranger = Open(200);
        Assert.Throws<IOException>(stranger.Acquire);
        next.Ended();
        Assert.False(File.Exists(Path));
    }

    /// <summary>Two restarts close to each other: the middle one hears of the first one's end when it has ended itself.</summary>
    [Fact]
    public void One_that_has_ended_leaves_the_next_ones_alone_whoever_else_ends()
    {
        using var first = Open(100);
        first.Acquire();
        using var middle = Open(101, follows: true);
        middle.Ready();
        middle.InCharge(announced: true);
        using var last = Open(102, follows: true);
        last.Ready();
        last.InCharge(announced: true);
        middle.Ended();
        first.Ended();
        middle.PredecessorEnded();
        middle.RestartFailed("");
        Assert.Equal("102\n", File.ReadAllText(Path));
        last.PredecessorEnded();
        Assert.Equal("102\n", File.ReadAllText(Path));
    }

    [Fact]
    public void It_comes_back_when_the_next_generation_fails_after_all()
    {
        using var old = Open(100);
        old.Acquire();
        var next = Open(101, follows: true);
        next.Ready();
        old.RestartFailed("died on probation");
        Assert.Equal("100\n", File.ReadAllText(Path));
        old.Ended();
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_logged_and_nothing_more()
    {
        using var file = new PidFile(_directory["no/such/place.pid"], 100, follows: false, () => _log);
        file.Acquire();
        file.Ready();
        file.RestartFailed("");
        file.Ended();
        Assert.Contains("no/such/place.pid", Assert.Single(_log.Entries).Message);
        Assert.Contains(": No such file or directory. The server serves without it.", _log.Entries[0].Message);
    }

    [Theory]
    [InlineData("a FIFO")]
    [InlineData("a directory")]
    [InlineData("a symbolic link")]
    [InlineData("a socket")]
    public void What_is_there_and_is_no_file_is_left_alone(string what)
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        switch (what)
        {
            case "a FIFO": Assert.Equal(0, Syscall.mkfifo(Path, (FilePermissions)0x1B6)); break;
            case "a directory": Directory.CreateDirectory(Path); break;
            case "a socket": other.Bind(new UnixDomainSocketEndPoint(Path)); break;
            default: File.CreateSymbolicLink(Path, Path); break; // to itself
        }
        using var first = Open(100);
        first.Acquire();
        using var next = Open(101, follows: true);
        next.Ready();
        first.RestartFailed("");
        next.PredecessorEnded();
        next.Ended();
        first.Ended();
        Assert.All(_log.Entries, entry => Assert.Contains($"there is {what} in its place; remove it, or use another path", entry.Message));
        Assert.Equal(3, _log.Entries.Count); // the start, the next one's, and its second try
        Assert.Equal([Path], Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void A_shared_lock_on_one_that_is_left_over_keeps_nobody_from_starting()
    {
        File.WriteAllText(Path, "2000000000\n");
        using var reader = File.OpenHandle(Path);
        var whole = new Flock { l_type = LockType.F_RDLCK };
        Assert.Equal(0, Syscall.fcntl((int)reader.DangerousGetHandle(), FcntlCommand.F_SETLK, ref whole));
        using var file = Open(100);
        file.Acquire();
        Assert.Equal("100\n", File.ReadAllText(Path));
        Assert.Contains("cannot be locked (another program holds a shared lock on it)", _log.Entries[0].Message);
        using var second = Open(200);
        Assert.Throws<IOException>(second.Acquire);
    }

    [Fact]
    public async Task Who_only_looks_at_one_that_is_left_over_keeps_nobody_from_starting()
    {
        using var over = new CancellationTokenSource();
        var looking = Task.Run(() =>
        {
            while (!over.IsCancellationRequested) PidFileHolder.Read(Path, out _);
        });
        for (var i = 0; i < 1000; i++)
        {
            File.WriteAllText(Path, "2000000000\n");
            using var file = Open(100);
            file.Acquire();
        }
        await over.CancelAsync();
        await looking;
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_gets_it()
    {
        File.WriteAllText(Path, "4711\n");
        var files = Enumerable.Range(100, 16).Select(processId => Open(processId)).ToArray();
        var held = await Task.WhenAll(files.Select(file => Task.Run(() =>
        {
            try
            {
                file.Acquire();
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }))).WaitAsync(Deadline.Default);
        Assert.Equal(1, held.Count(got => got));
        Assert.Equal($"{100 + Array.IndexOf(held, true)}\n", File.ReadAllText(Path));
        foreach (var file in files) file.Dispose();
    }
}
