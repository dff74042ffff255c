using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Http1;
using Endless.Http.Load;
using Endless.Http.Tests.Http2;
using Endless.Http.Workers;

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

    [Theory]
    [InlineData("Length", "Content-Length: 10\r\n\r\nhello")]
    [InlineData("Chunked", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("Tls", "Content-Length: 10\r\n\r\nhello")]
    public async Task After_a_read_that_fails_for_its_client_a_handler_is_on_the_thread_pool(string protocol, string body)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            // The body's start is read, and more does not come.
            r.Body.AdvanceTo((await r.Body.ReadAsync()).Buffer.End);
            var failing = PlaceOfFailureAsync<RequestBodyException>(r.Body.ReadAsync().AsTask());
            waiting.SetResult();
            place.SetResult(await failing);
        }, s => s.Scheduling = SchedulingMode.ThreadPool);
        var client = await server.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes($"POST /program/1 HTTP/1.1\r\nHost: a\r\n{body}"));
        await waiting.Task.WaitAsync(Deadline.Default);
        await client.DisposeAsync();
        Assert.Equal("pool", await place.Task.WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData("Chunked")]
    [InlineData("H2c")]
    [InlineData("H2")]
    public async Task After_a_read_that_is_refused_a_handler_is_on_the_thread_pool(string protocol)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            r.MaxBodyBytes = 10;
            var failing = PlaceOfFailureAsync<MaxBytesException>(r.Body.ReadAsync().AsTask());
            waiting.SetResult();
            place.SetResult(await failing);
        }, s => s.Scheduling = SchedulingMode.ThreadPool);
        await using var connection = await StormConnection.ConnectAsync(server.Server.LocalEndPoint!, Enum.Parse<StormProtocol>(protocol));
        if (protocol == "Chunked")
        {
            await connection.Stream.WriteAsync("POST /program/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
            await waiting.Task.WaitAsync(Deadline.Default);
            await connection.Stream.WriteAsync("b\r\nhello world\r\n"u8.ToArray());
        }
        else
        {
            var client = new Http2Client(PipeWriter.Create(connection.Stream), PipeReader.Create(connection.Stream)) { Scheme = protocol == "H2" ? "https" : "http" };
            await client.HandshakeAsync();
            client.Request(1, "POST", "/program/1", endStream: false);
            await client.SendAsync();
            await waiting.Task.WaitAsync(Deadline.Default);
            client.Frames.WriteData(1, "hello world"u8, endStream: false);
            await client.SendAsync();
        }
        Assert.Equal("pool", await place.Task.WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData("WriteAsync")]
    [InlineData("FlushAsync")]
    [InlineData("BodyWriter.WriteAsync")]
    [InlineData("BodyWriter.FlushAsync")]
    public async Task After_a_write_that_fails_a_handler_is_on_the_thread_pool(string member)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ProgramFixture.StartAsync("Length", async (w, r) =>
        {
            // More than the kernel's buffers take, and the client reads nothing: only its end ends the wait.
            var data = new byte[64 * 1024 * 1024];
            if (member.EndsWith("FlushAsync", StringComparison.Ordinal)) w.BodyWriter.Write(data);
            var failing = PlaceOfFailureAsync<IOException>(member switch
            {
                "WriteAsync" => w.WriteAsync(data),
                "FlushAsync" => w.FlushAsync(),
                "BodyWriter.WriteAsync" => w.BodyWriter.WriteAsync(data).AsTask(),
                _ => w.BodyWriter.FlushAsync().AsTask(),
            });
            waiting.SetResult();
            place.SetResult(await failing);
        }, s => s.Scheduling = SchedulingMode.ThreadPool);
        var client = await server.ConnectAsync();
        await client.SendAsync(server.Visit());
        await waiting.Task.WaitAsync(Deadline.Default);
        await client.DisposeAsync();
        Assert.Equal("pool", await place.Task.WaitAsync(Deadline.Default));
    }

    /// <summary>Where its caller goes on after what it waits for has failed.</summary>
    private static async Task<string> PlaceOfFailureAsync<T>(Task waiting)
        where T : Exception
    {
        Assert.False(waiting.IsCompleted);
        try
        {
            await waiting;
        }
        catch (T)
        {
            return Here();
        }
        return "no failure";
    }

    private static string Here() => Worker.Current is { RunsLoop: true } ? "loop" : Thread.CurrentThread.IsThreadPoolThread ? "pool" : "other";
}
