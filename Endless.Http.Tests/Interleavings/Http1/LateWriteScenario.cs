using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>
/// A handler starts a task that writes, and does not await it; the client's next request is there already. What the task writes comes into its own response or is refused, with a line in the log; the
/// next response is nobody else's.
/// </summary>
internal sealed class LateWriteScenario : Http1Scenario
{
    private int _refused;

    public override void End()
    {
        base.End();
        var answers = new Http1Answers(Socket.Sent);
        Assert.InRange(Log.Entries.Count, 0, 2);
        Assert.Equal(_refused > 0, Log.Entries.Count > 0);
        if (answers.Bodies.Count == 2)
        {
            Assert.Matches("^[ax]*a[ax]*$", answers.Bodies[0]);
            Assert.Equal("b", answers.Bodies[1]);
            Assert.Equal("", answers.Rest);
        }
        else
        {
            // An overlap: what the handler meant to say is not known, so its response does not end, and the connection does.
            Assert.Contains(Log.Entries, static entry => entry.Contains("another of its kind", StringComparison.Ordinal));
        }
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/b")
        {
            Assert.Equal("2", r.Header.Get("N"));
            await w.WriteAsync("b"u8.ToArray());
            return;
        }
        World.AddFlow("late", () => WriteLateAsync(w, r));
        try
        {
            await w.WriteAsync("a"u8.ToArray());
        }
        catch (InvalidOperationException)
        {
            _refused++;
        }
    }

    protected override void AddActors(Execution run) => run.Add("peer", () =>
    {
        Socket.Deliver("GET /a HTTP/1.1\r\nHost: h\r\nN: 1\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\nN: 2\r\nConnection: close\r\n\r\n"u8);
        Pass();
        Socket.EndByPeer();
    });

    private async Task WriteLateAsync(ResponseWriter w, Request r)
    {
        try
        {
            for (var i = 0; i < 2; i++) await w.WriteAsync("x"u8.ToArray());
            Assert.Equal("1", r.Header.Get("N"));
        }
        catch (InvalidOperationException)
        {
            _refused++;
        }
        Assert.Equal("/a", r.Path);
    }
}
