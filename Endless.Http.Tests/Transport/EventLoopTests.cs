using Endless.Http.Loops;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Transport;

public class EventLoopTests
{
    /// <summary>The end comes while the loop takes in the wake-up before it, which swallows that of the end: a window of nanoseconds, so tried at many moments.</summary>
    [Fact]
    public async Task A_loop_that_is_being_woken_ends()
    {
        using var group = new EventLoopGroup(1, new LogRecorder());
        var random = new Random(1);
        var ended = 0;
        var ending = Task.Factory.StartNew(
            () =>
            {
                for (; ended < 5_000; ended++)
                {
                    var loop = new EventLoop(group.Resources);
                    loop.Start();
                    loop.Post(new Nothing());
                    Thread.SpinWait(random.Next(2_000));
                    loop.Dispose();
                }
            },
            TaskCreationOptions.LongRunning);
        // The deadline is each loop's own: how long all of them take is the machine's affair.
        while (!ending.IsCompleted)
        {
            var before = Volatile.Read(ref ended);
            await Task.WhenAny(ending, Task.Delay(TransportFixture.Deadline));
            Assert.True(ending.IsCompleted || Volatile.Read(ref ended) > before, $"{before} loops have ended, and then one has not.");
        }
        await ending;
    }

    private sealed class Nothing : IThreadPoolWorkItem
    {
        public void Execute() { }
    }
}
