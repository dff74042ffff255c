using System.Text;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>A handler starts a task that reads the body, and does not await it, while the body arrives and the next request behind it: the task reads its own request's body or is refused.</summary>
internal sealed class LateReadScenario : Http1Scenario
{
    private readonly StringBuilder _read = new();
    private bool _isRefused;

    public override void End()
    {
        base.End();
        var answers = new Http1Answers(Socket.Sent);
        Assert.Equal(["a", "b/2"], answers.Bodies);
        Assert.StartsWith(_read.ToString(), "body", StringComparison.Ordinal);
        Assert.True(_isRefused || _read.Length == 4);
        Assert.Equal(_isRefused ? 1 : 0, Log.Entries.Count);
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/b")
        {
            await w.WriteAsync(Encoding.ASCII.GetBytes("b/" + r.Header.Get("N")));
            return;
        }
        World.AddFlow("late", () => ReadLateAsync(r));
        await w.WriteAsync("a"u8.ToArray());
    }

    protected override void AddActors(Execution run) => run.Add("peer", () =>
    {
        Socket.Deliver("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo"u8);
        Pass();
        Socket.Deliver("dyGET /b HTTP/1.1\r\nHost: h\r\nN: 2\r\nConnection: close\r\n\r\n"u8);
        Pass();
        Socket.EndByPeer();
    });

    private async Task ReadLateAsync(Request r)
    {
        try
        {
            while (true)
            {
                var result = await r.Body.ReadAsync();
                foreach (var part in result.Buffer) _read.Append(Encoding.ASCII.GetString(part.Span));
                r.Body.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
        }
        catch (InvalidOperationException)
        {
            _isRefused = true;
        }
    }
}
