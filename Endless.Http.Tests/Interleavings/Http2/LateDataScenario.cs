using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http2;

/// <summary>A handler starts a task that writes, and does not await it; the client opens another stream meanwhile: nothing of the first comes into the second, whose object may be the same.</summary>
internal sealed class LateDataScenario : Http2Scenario
{
    private int _refused;

    public override void End()
    {
        base.End();
        var answers = new Http2Answers(Socket.Sent);
        Assert.Equal("b", answers.Bodies[3]);
        Assert.Contains(3, answers.Ended);
        var first = answers.Bodies.GetValueOrDefault(1, "");
        // After an overlap it is not known what the handler meant to say.
        if (Log.Entries.Exists(static entry => entry.Contains("another of its kind", StringComparison.Ordinal))) Assert.True(answers.Reset.Contains(1) || first.StartsWith("500", StringComparison.Ordinal), $"{first}: {string.Join("; ", Log.Entries)}");
        else Assert.Matches("^x*ax*$", first);
        Assert.Equal(_refused > 0, Log.Entries.Count > 0);
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/b")
        {
            await w.WriteAsync("b"u8.ToArray());
            return;
        }
        World.AddFlow("late", () => WriteLateAsync(w));
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
        Greet();
        Ask(1, "/a");
        Pass();
        Ask(3, "/b");
        LeaveAfter(1, 3);
    });

    private async Task WriteLateAsync(ResponseWriter w)
    {
        try
        {
            for (var i = 0; i < 2; i++) await w.WriteAsync("x"u8.ToArray());
        }
        catch (InvalidOperationException)
        {
            _refused++;
        }
    }
}
