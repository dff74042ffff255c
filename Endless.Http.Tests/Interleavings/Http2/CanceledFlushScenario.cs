using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http2;

/// <summary>
/// A handler writes more than its stream's window allows; the client opens the window, the handler's token cancels the wait, and the client resets the stream, in any order. The wait ends once, and
/// memory that the handler uses again when it has ended is not sent.
/// </summary>
internal sealed class CanceledFlushScenario : Http2Scenario
{
    private const string Body = "0123456789";

    private readonly CancellationTokenSource _source = new();
    private int _begun;
    private int _ends;
    private bool _isWritten;

    protected override uint Window => 2;

    public override int Preemptions => 0;

    public override void End()
    {
        base.End();
        var answers = new Http2Answers(Socket.Sent);
        Assert.StartsWith(answers.Bodies.GetValueOrDefault(1, ""), Body, StringComparison.Ordinal);
        if (answers.Ended.Contains(1) && _isWritten) Assert.Equal(Body, answers.Bodies[1]);
        Assert.Equal("b", answers.Bodies[3]);
        Assert.InRange(_begun, 0, 1); // a stream that is reset before its handler begins has none
        Assert.Equal(_begun, _ends);
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/b")
        {
            await w.WriteAsync("b"u8.ToArray());
            return;
        }
        _begun++;
        var memory = System.Text.Encoding.ASCII.GetBytes(Body);
        try
        {
            await w.WriteAsync(memory, _source.Token);
            await w.FlushAsync(_source.Token);
            _isWritten = true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Canceled, or the stream was reset.
        }
        _ends++;
        memory.AsSpan().Fill((byte)'z');
    }

    protected override void AddActors(Execution run)
    {
        run.Add("peer", () =>
        {
            Greet();
            Ask(1, "/a");
            Pass();
            Send(static frames => frames.WriteWindowUpdate(1, 100));
            Pass();
            Send(static frames => frames.WriteRstStream(1, ErrorCode.Cancel));
            Ask(3, "/b");
            LeaveAfter(3);
        });
        run.Add("canceler", _source.Cancel);
    }
}
