using Endless.Http.Control;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Restart;

/// <summary>The pid file on a disk that is full, or that cannot be written.</summary>
public sealed class PidFileOnBadDiskTests
{
    private readonly LogRecorder _log = new();

    private PidFile Open(SmallDisk disk, int processId, bool follows = false) => new(disk["server.pid"], processId, follows, () => _log);

    private static string[] Files(SmallDisk disk) => [.. Directory.GetFiles(disk.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [FactWithMountNamespace]
    public async Task A_start_on_a_full_one_leaves_no_draft_and_says_why_there_is_no_file()
    {
        using var disk = await SmallDisk.CreateAsync(pages: 2);
        disk.Fill();
        using var file = Open(disk, 100);
        file.Acquire();
        Assert.Equal(["fill"], Files(disk));
        Assert.Equal($"Cannot write the pid file {disk["server.pid"]}: No space left on device. The server serves without it.", Assert.Single(_log.Entries).Message);
    }

    [FactWithMountNamespace]
    public async Task On_a_full_one_the_file_still_follows_the_generations_and_back()
    {
        using var disk = await SmallDisk.CreateAsync(pages: 2);
        using var old = Open(disk, 1000);
        old.Acquire();
        disk.Fill();
        using (var failing = Open(disk, 101, follows: true))
        {
            failing.Ready();
            Assert.Equal("101\n", File.ReadAllText(disk["server.pid"]));
        }
        old.RestartFailed("died on probation");
        Assert.Equal("1000\n", File.ReadAllText(disk["server.pid"]));
        using (var stranger = Open(disk, 200)) Assert.Throws<IOException>(stranger.Acquire);

        using var next = Open(disk, 102, follows: true);
        next.Ready();
        next.InCharge(announced: true);
        old.Ended();
        next.PredecessorEnded();
        Assert.Equal("102\n", File.ReadAllText(disk["server.pid"]));
        Assert.Equal(["fill", "server.pid"], Files(disk));
        using (var stranger = Open(disk, 200)) Assert.Throws<IOException>(stranger.Acquire);
        next.Ended();
        Assert.Equal(["fill"], Files(disk));
    }

    [FactWithMountNamespace]
    public async Task A_left_over_where_nothing_can_be_written_is_not_anothers()
    {
        using var disk = await SmallDisk.CreateAsync(pages: 2);
        File.WriteAllText(disk["server.pid"], "4711\n");
        await disk.MakeReadOnlyAsync();
        using var file = Open(disk, 100);
        file.Acquire();
        Assert.EndsWith(": Read-only file system. The server serves without it.", Assert.Single(_log.Entries).Message);
        file.Ended();
    }
}
