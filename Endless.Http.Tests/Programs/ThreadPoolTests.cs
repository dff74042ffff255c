using System.Text;
using Endless.Http.Load;
using Endless.Http.Transport;

namespace Endless.Http.Tests.Programs;

/// <summary><see cref="SchedulingMode.ThreadPool"/> holds for all of a handler, not for what it does before its first wait.</summary>
public sealed class ThreadPoolTests
{
    [Theory]
    [InlineData("Length")]
    [InlineData("Chunked")]
    [InlineData("Tls")]
    [InlineData("H2c")]
    [InlineData("H2")]
    public async Task After_a_read_that_waited_a_handler_is_on_the_thread_pool(string protocol)
    {
        var waits = 0;
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            var places = new StringBuilder(Here());
            for (var isCompleted = false; !isCompleted;)
            {
                var reading = r.Body.ReadAsync();
                var hasWaited = !reading.IsCompleted;
                var result = await reading;
                if (hasWaited) places.Append(", ").Append(Here());
                if (hasWaited) Interlocked.Increment(ref waits);
                isCompleted = result.IsCompleted;
                r.Body.AdvanceTo(result.Buffer.End);
            }
            await w.WriteAsync(places.ToString());
        }, s => s.Scheduling = SchedulingMode.ThreadPool);
        var client = await server.ConnectAsync();
        for (var deadline = Deadline.After(); Volatile.Read(ref waits) < 10 && !deadline.Passed;)
            Assert.DoesNotContain("loop", Encoding.ASCII.GetString((await client.AskAsync(server.Visit(200_000))).Body), StringComparison.Ordinal);
        Assert.NotEqual(0, waits);
    }

    [Theory]
    [InlineData("Length")]
    [InlineData("H2c")]
    public async Task After_a_flush_that_waited_a_handler_is_on_the_thread_pool(string protocol)
    {
        var waits = 0;
        var places = "";
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            for (var i = 0; i < 64; i++)
            {
                var writing = i % 2 == 0 ? w.WriteAsync(new byte[100_000]) : w.FlushAsync();
                if (!writing.IsCompleted) waits++;
                await writing;
                places += Here() + " ";
            }
        }, s => s.Scheduling = SchedulingMode.ThreadPool);
        var client = await server.ConnectAsync();
        for (var deadline = Deadline.After(); waits == 0 && !deadline.Passed;) Assert.Equal(3_200_000, (await client.AskAsync(server.Visit())).Body.Length);
        Assert.NotEqual(0, waits);
        Assert.DoesNotContain("loop", places, StringComparison.Ordinal);
    }

    private static string Here() => EventLoop.IsLoopThread ? "loop" : Thread.CurrentThread.IsThreadPoolThread ? "pool" : "other";
}
