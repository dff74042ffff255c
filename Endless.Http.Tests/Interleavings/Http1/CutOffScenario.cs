using Endless.Http.Semantics;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>
/// A handler's task waits in a flush that the client never makes room for, when the handler is done: the write deadline, an abort or the client's reset ends the flush, the request and the connection,
/// in whichever order they come, and a stranger who gets the socket's number hears nothing.
/// </summary>
internal sealed class CutOffScenario : Http1Scenario
{
    private KernelSocket? _stranger;
    private bool _isBegun;
    private bool _isEnded;
    private bool _isCanceled;

    public override string[] Watched => [nameof(Request), "OutputOwnership", nameof(Connection)];

    public override int Preemptions => 0;

    protected override ProtocolTimeouts Timeouts => new() { Write = 1_000 };

    public override void End()
    {
        base.End();
        Assert.Equal(_isBegun, _isEnded);
        Assert.True(_isCanceled == _isBegun, "The request's cancellation did not fire.");
        Assert.Empty(_stranger!.Sent);
        Assert.False(_stranger.IsShut);
    }

    protected override async Task AnswerAsync(ResponseWriter w, Request r)
    {
        _isBegun = true;
        r.Cancellation.Register(() => _isCanceled = true);
        World.AddFlow("late", () => WriteLateAsync(w));
        try
        {
            await w.WriteAsync("a"u8.ToArray());
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // Its own task's write is under way, or the client is gone.
        }
    }

    protected override void AddActors(Execution run)
    {
        Socket.Limit(0);
        run.Add("peer", () =>
        {
            Socket.Deliver("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"u8);
            Pass();
            Socket.ResetByPeer();
        });
        run.Add("hammer", () =>
        {
            run.Now += 1_000;
            Pass();
            Connection.Abort();
        });
        run.Add("stranger", () =>
        {
            Await(() => Socket.IsClosed);
            run.Kernel.OpenSocket(out _stranger);
        });
    }

    private async Task WriteLateAsync(ResponseWriter w)
    {
        try
        {
            while (true)
            {
                await w.WriteAsync("x"u8.ToArray());
                await w.FlushAsync();
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            _isEnded = true;
        }
    }
}
