using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Tests.Programs;

/// <summary>A handler that gives up by <see cref="Task.WhenAny(Task[])"/> while its work goes on, and writes when the request is over.</summary>
public sealed class LateWriteTests
{
    private static readonly byte[] Stray = "this belongs to nobody"u8.ToArray();

    [Theory]
    [InlineData("Length")]
    [InlineData("Tls")]
    [InlineData("H2c")]
    public async Task A_late_write_does_not_reach_a_connection_that_got_the_descriptor(string protocol)
    {
        var late = new LateWork();
        await using var server = await ProgramFixture.StartAsync(protocol, late.ServeAsync);
        var first = await server.ConnectAsync();
        var slow = server.Visit();
        late.Start(slow);
        Assert.Equal("answer", Text(await first.AskAsync(slow)));
        await first.DisposeAsync();
        await Deadline.UntilAsync(() => server.Server.Connections.Count == 0, "the connection is closed");

        // The first of these has the number of the descriptor that was just closed.
        var strangers = new List<ProgramClient>();
        for (var i = 0; i < 5; i++) strangers.Add(await server.ConnectAsync());
        await Deadline.UntilAsync(() => server.Server.Stats.Accepted == 6, "the strangers are accepted");
        late.Release();
        await ProgramFixture.AssertRefusedAsync(slow, late.Work);
        foreach (var stranger in strangers) Assert.Equal("answer", Text(await stranger.AskAsync(server.Visit())));
        await server.AssertLoggedAsync(slow);
    }

    [Theory]
    [InlineData("Length")]
    [InlineData("Chunked")]
    [InlineData("Tls")]
    [InlineData("H2c")]
    [InlineData("H2")]
    public async Task A_late_write_is_not_in_the_next_answer_of_the_connection(string protocol)
    {
        var late = new LateWork();
        await using var server = await ProgramFixture.StartAsync(protocol, late.ServeAsync);
        var client = await server.ConnectAsync();
        var slow = server.Visit();
        late.Start(slow);
        Assert.Equal("answer", Text(await client.AskAsync(slow)));
        late.Release();
        await ProgramFixture.AssertRefusedAsync(slow, late.Work);
        Assert.Equal("answer", Text(await client.AskAsync(server.Visit())));
        await server.AssertLoggedAsync(slow);
    }

    [Theory]
    [InlineData("Length")]
    [InlineData("H2c")]
    public async Task A_late_write_is_not_in_an_answer_that_is_being_written(string protocol)
    {
        var late = new LateWork();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            await late.ServeAsync(w, r);
            if (late.IsOf(r)) return;
            await w.FlushAsync();
            began.SetResult();
            await goOn.Task;
            await w.WriteAsync(", its second half");
        });
        var client = await server.ConnectAsync();
        var slow = server.Visit();
        late.Start(slow);
        Assert.Equal("answer", Text(await client.AskAsync(slow)));
        var next = client.AskAsync(server.Visit());
        await began.Task.WaitAsync(Deadline.Default);
        late.Release();
        await ProgramFixture.AssertRefusedAsync(slow, late.Work);
        goOn.SetResult();
        Assert.Equal("answer, its second half", Text(await next));
    }

    [Theory]
    [InlineData("Length")]
    [InlineData("Chunked")]
    [InlineData("H2c")]
    public async Task A_kept_request_never_shows_another(string protocol)
    {
        Request? kept = null;
        var cookie = "";
        await using var server = await ProgramFixture.StartAsync(protocol, (w, r) =>
        {
            if (kept is null) (kept, cookie) = (r, r.Header["Cookie"]!);
            w.Write("answer");
            return Task.CompletedTask;
        });
        var client = await server.ConnectAsync();
        var first = server.Visit(10);
        await client.AskAsync(first);
        for (var i = 0; i < 3; i++)
        {
            await client.AskAsync(server.Visit());
            Assert.Equal(first.Path, kept!.Path);
            Assert.Equal(first.Target, kept.Target);
            Assert.Equal(first.Method, kept.Method);
            Assert.Equal($"{first.Id}", kept.Query["id"]);
            Assert.Equal($"{first.Id}", kept.PathValue("id"));
            Assert.Equal(first.Route, kept.Pattern);
            Assert.True(kept.Cancellation.IsCancellationRequested);
            // What was read is the handler's own.
            Assert.Equal($"id={first.Id}", cookie);
            var own = "";
            if (Record.Exception(() => own = kept.Header["X-Id"]) is { } exception) Assert.IsType<InvalidOperationException>(exception);
            else Assert.Equal($"{first.Id}", own);
        }
    }

    /// <summary>A head too large to be kept is given back when its connection falls idle, and its memory is another's from then on.</summary>
    [Fact]
    public async Task A_kept_header_never_shows_another_when_its_connection_falls_idle()
    {
        const int Length = 60_000;
        Header? kept = null;
        await using var server = await ProgramFixture.StartAsync("Length", (w, r) =>
        {
            kept ??= r.Header;
            w.Write("answer");
            return Task.CompletedTask;
        });
        for (var letter = 'a'; letter <= 'h'; letter++)
        {
            var client = await server.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes($"GET /program/1 HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string(letter, Length)}\r\n\r\n"));
            Assert.Equal("answer", Text(await client.ReadAsync()));
            await Deadline.UntilAsync(() => server.Server.Stats.Idle == letter - 'a' + 1, "the connection is idle");
            string? value = null;
            if (Record.Exception(() => value = kept!["X-Long"]) is { } exception) Assert.IsType<InvalidOperationException>(exception);
            else Assert.Equal(new string('a', Length), value);
        }
    }

    private static string Text(Answer answer) => answer.End == AnswerEnd.Whole ? Encoding.ASCII.GetString(answer.Body) : $"{answer.End}: {answer.Detail}";

    private sealed class LateWork
    {
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Task> _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string _path = "";

        /// <summary>The late write.</summary>
        public Task Work => _work.Task.Unwrap();

        /// <summary>The next request is the one whose work is late.</summary>
        public void Start(Visit visit) => _path = visit.Path;

        public void Release() => _release.SetResult();

        public bool IsOf(Request r) => r.Path == _path;

        public async Task ServeAsync(ResponseWriter w, Request r)
        {
            w.Write("answer");
            if (!IsOf(r)) return;
            var work = WorkAsync(w);
            _work.SetResult(work);
            await Task.WhenAny(work, Task.Delay(1));
        }

        private async Task WorkAsync(ResponseWriter w)
        {
            await _release.Task;
            await w.WriteAsync(Stray);
            await w.FlushAsync();
        }
    }
}
