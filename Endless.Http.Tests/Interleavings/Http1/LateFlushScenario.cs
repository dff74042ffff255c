using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>As <see cref="LateWriteScenario"/>, with a socket that is full: the handler's task waits in its flush when the handler returns, and the response ends behind what it wrote.</summary>
internal sealed class LateFlushScenario : Http1Scenario
{
    private bool _isRefused;

    public override void End()
    {
        base.End();
        var answers = new Http1Answers(Socket.Sent);
        Assert.Equal(2, answers.Bodies.Count);
        Assert.Equal("", answers.Rest);
        Assert.Contains(answers.Bodies[0], (string[])["", "x", "xy"]);
        Assert.Equal("b", answers.Bodies[1]);
        Assert.Equal(_isRefused ? 1 : 0, Log.Entries.Count);
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/b")
        {
            await w.WriteAsync("b"u8.ToArray());
            return;
        }
        World.AddFlow("late", () => WriteLateAsync(w));
    }

    protected override void AddActors(Execution run)
    {
        Socket.Limit(0);
        run.Add("peer", () =>
        {
            Socket.Deliver("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"u8);
            Pass();
            Socket.Limit(20);
            Pass();
            Socket.Deliver("GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"u8);
            Pass();
            Socket.Limit(100_000);
            Pass();
            Socket.EndByPeer();
        });
    }

    private async Task WriteLateAsync(ResponseWriter w)
    {
        try
        {
            await w.WriteAsync("x"u8.ToArray());
            await w.FlushAsync();
            await w.WriteAsync("y"u8.ToArray());
        }
        catch (InvalidOperationException)
        {
            _isRefused = true;
        }
    }
}
