using Endless.Http.Connections;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A read is canceled by its token while the peer sends: the next read, which has no token, does not hear of it.</summary>
internal sealed class TokenScenario : SocketScenario
{
    private readonly CancellationTokenSource _source = new();
    private int _received;

    public override void End()
    {
        base.End();
        Assert.Equal(3, _received);
    }

    protected override void AddActors(Execution run)
    {
        run.Add("peer", () =>
        {
            Socket.Deliver("a"u8);
            Await(() => _received == 1);
            Socket.Deliver("b"u8);
            Await(() => _received == 2);
            Socket.Deliver("c"u8);
            Pass();
            Socket.EndByPeer();
        });
        run.Add("canceler", _source.Cancel);
    }

    protected override async ValueTask<ConnectionOutcome> ServeAsync()
    {
        EnterFlow();
        // The first read finds what the engine was called for. The second is the one that may wait and be canceled.
        CancellationToken token = default;
        for (var reads = 1; ; reads++)
        {
            LeaveFlow();
            try
            {
                var result = await Connection.Input.ReadAsync(token).ConfigureAwait(false);
                EnterFlow();
                Assert.False(result.IsCanceled, "Canceled, without a token's exception.");
                _received += (int)result.Buffer.Length;
                Connection.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
            catch (OperationCanceledException)
            {
                EnterFlow();
                Assert.True(token.CanBeCanceled);
            }
            token = reads == 1 ? _source.Token : default;
        }
        LeaveFlow();
        return ConnectionOutcome.Close;
    }
}
