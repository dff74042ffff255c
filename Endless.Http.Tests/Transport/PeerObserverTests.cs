using Endless.Http.Connections;
using Endless.Http.Tests.Protocols;

namespace Endless.Http.Tests.Transport;

public class PeerObserverTests
{
    /// <summary>Whichever comes first, the peer's end or the observer: the one that stays registered is told, and nobody twice or in another's place.</summary>
    [Fact]
    public async Task A_peer_that_goes_while_observers_change_tells_the_one_that_stays_once()
    {
        var together = new Barrier(2);
        var connection = new MemoryConnection();
        const int rounds = 40_000;
        var wrong = new List<string>();
        var peer = Task.Factory.StartNew(() =>
        {
            try
            {
                for (var round = 0; round < rounds; round++)
                {
                    together.SignalAndWait(TransportFixture.Deadline);
                    connection.CloseByClient();
                    together.SignalAndWait(TransportFixture.Deadline);
                }
            }
            finally
            {
                together.RemoveParticipant(); // who waits for a thread that failed goes on
            }
        }, TaskCreationOptions.LongRunning);
        for (var round = 0; round < rounds && together.ParticipantCount == 2; round++)
        {
            Counter early = new(), last = new();
            together.SignalAndWait(TransportFixture.Deadline);
            while (!connection.PeerClosed)
            {
                connection.Observe(early);
                connection.Observe(null);
            }
            connection.Observe(last);
            together.SignalAndWait(TransportFixture.Deadline);
            connection = new MemoryConnection();
            if (early.Told > 1 || last.Told != 1) wrong.Add($"round {round}: {early.Told}, {last.Told}");
        }
        await peer;
        Assert.Empty(wrong);
    }

    [Fact]
    public void One_that_was_taken_back_is_not_told()
    {
        var connection = new MemoryConnection();
        Counter first = new(), second = new();
        connection.Observe(first);
        connection.Observe(second);
        connection.Observe(null);
        connection.CloseByClient();
        Assert.Equal((0, 0), (first.Told, second.Told));
    }

    [Fact]
    public void One_that_comes_when_the_peer_is_gone_is_told_at_once()
    {
        var connection = new MemoryConnection();
        connection.CloseByClient();
        var observer = new Counter();
        connection.Observe(observer);
        Assert.Equal(1, observer.Told);
        connection.Abort();
        Assert.Equal(1, observer.Told);
    }

    private sealed class Counter : IPeerObserver
    {
        private int _told;

        public int Told => _told;

        public void OnPeerClosed() => Interlocked.Increment(ref _told);
    }
}
