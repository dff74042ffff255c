using System.Text;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http2;

/// <summary>A handler starts a task that reads the body, and does not await it, while the body arrives, the client resets the stream and opens another with a body: the task reads none of that one.</summary>
internal sealed class LateBodyScenario : Http2Scenario
{
    private readonly StringBuilder _late = new();
    private readonly StringBuilder _second = new();

    public override void End()
    {
        base.End();
        var answers = new Http2Answers(Socket.Sent);
        Assert.Equal("b", answers.Bodies[3]);
        Assert.StartsWith(_late.ToString(), "body", StringComparison.Ordinal);
        Assert.Equal("next", _second.ToString());
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/b")
        {
            await ReadAsync(r, _second);
            await w.WriteAsync("b"u8.ToArray());
            return;
        }
        World.AddFlow("late", () => ReadLateAsync(r));
        try
        {
            await w.WriteAsync("a"u8.ToArray());
        }
        catch (IOException)
        {
            // The stream was reset.
        }
    }

    protected override void AddActors(Execution run) => run.Add("peer", () =>
    {
        Greet();
        Ask(1, "/a", endStream: false);
        Pass();
        Send(static frames => frames.WriteData(1, "bo"u8, endStream: false));
        Pass();
        Send(static frames => frames.WriteRstStream(1, ErrorCode.Cancel));
        Ask(3, "/b", endStream: false);
        Pass();
        Send(static frames => frames.WriteData(3, "next"u8, endStream: true));
        LeaveAfter(3);
    });

    private async Task ReadLateAsync(Request r)
    {
        try
        {
            await ReadAsync(r, _late);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // Too late, or the stream was reset.
        }
    }

    private static async Task ReadAsync(Request r, StringBuilder text)
    {
        while (true)
        {
            var result = await r.Body.ReadAsync();
            foreach (var part in result.Buffer) text.Append(Encoding.ASCII.GetString(part.Span));
            r.Body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
    }
}
