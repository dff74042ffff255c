using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>A handler leaves a read of the body behind, and the client sends the rest of it only when it has its answer: the read is ended, wherever it is, and the answer comes.</summary>
internal sealed class UnreadBodyScenario : Http1Scenario
{
    private bool _isEnded;

    public override void End()
    {
        base.End();
        var answers = new Http1Answers(Socket.Sent);
        Assert.Equal(["a", "b"], answers.Bodies);
        Assert.True(_isEnded);
        Assert.Single(Log.Entries);
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/b")
        {
            await w.WriteAsync("b"u8.ToArray());
            return;
        }
        World.AddFlow("late", () => ReadLateAsync(r));
        await w.WriteAsync("a"u8.ToArray());
    }

    protected override void AddActors(Execution run) => run.Add("peer", () =>
    {
        Socket.Deliver("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n"u8);
        Await(() => Socket.Sent.Count > 0);
        Socket.Deliver("bodyGET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"u8);
        Pass();
        Socket.EndByPeer();
    });

    private async Task ReadLateAsync(Request r)
    {
        try
        {
            var result = await r.Body.ReadAsync();
            // The client sends no body before it has its answer, and the read is ended before that is sent.
            Assert.Fail($"Read {result.Buffer.Length} octets before the answer was sent.");
        }
        catch (InvalidOperationException)
        {
            _isEnded = true;
        }
    }
}
