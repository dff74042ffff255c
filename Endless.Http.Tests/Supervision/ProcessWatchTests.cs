using System.Diagnostics;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Supervision;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Supervision;

public sealed class ProcessWatchTests : IDisposable
{
    private const int EPERM = 1;
    private const int ENOSYS = 38;

    private readonly Process _process = Process.Start(new ProcessStartInfo(Tool.Find("sleep")!, ["3600"]))!;

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit(Deadline.Default);
        _process.Dispose();
    }

    private async Task CheckAsync(ProcessWatch watch, int timeout)
    {
        watch.Follow([_process.Id]);
        Assert.Equal(timeout, watch.Timeout);
        Assert.Empty(watch.FindEnded());
        _process.Kill();
        await Deadline.UntilAsync(() => watch.FindEnded().SequenceEqual([_process.Id]), "the end is seen");
        watch.Follow([]);
        Assert.Equal(-1, watch.Timeout);
        Assert.Empty(watch.Descriptors);
        Assert.Empty(watch.FindEnded());
    }

    [Fact]
    public async Task An_end_is_seen_by_a_pidfd()
    {
        var watch = new ProcessWatch();
        await CheckAsync(watch, timeout: -1);
    }

    [Theory]
    [InlineData(EPERM)] // a seccomp filter
    [InlineData(ENOSYS)] // an old kernel, or a seccomp filter
    [InlineData(Errno.EMFILE)]
    public async Task Where_a_pidfd_is_refused_a_living_process_lives_and_its_end_is_seen_by_asking(int errno) =>
        await CheckAsync(new ProcessWatch(_ => -errno), timeout: 250);

    [Fact]
    public void A_process_that_ended_before_it_was_watched_has_ended()
    {
        _process.Kill();
        _process.WaitForExit(Deadline.Default); // and has reaped it
        var watch = new ProcessWatch();
        watch.Follow([_process.Id]);
        Assert.Equal(0, watch.Timeout);
        Assert.Equal([_process.Id], watch.FindEnded());
    }

    [Fact]
    public void A_process_of_another_user_that_may_not_be_signalled_lives() => Assert.True(ProcessStat.Lives(1));

    [Fact]
    public void Nobody_is_in_the_foreground_of_no_terminal() => Assert.False(ProcessStat.IsInForeground(int.MaxValue));
}
