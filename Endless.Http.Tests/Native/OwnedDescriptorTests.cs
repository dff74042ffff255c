using Endless.Http.Native;

namespace Endless.Http.Tests.Native;

public sealed class OwnedDescriptorTests
{
    [Fact]
    public void It_is_closed_when_the_last_one_inside_leaves()
    {
        using var pair = new SocketPair();
        var owned = new OwnedDescriptor(pair.Near);
        Assert.Equal(1, owned.Send("x"u8, 0));
        Assert.Equal(1, pair.ReceiveFromNear());
        Assert.True(owned.TryEnter());
        Assert.True(owned.Close());
        Assert.False(owned.Close());
        Assert.Equal(-Errno.EAGAIN, pair.ReceiveFromNear()); // still open
        owned.Leave();
        Assert.Equal(0, pair.ReceiveFromNear());
    }

    [Fact]
    public void A_call_after_the_close_is_refused_and_not_made()
    {
        using var pair = new SocketPair();
        var owned = new OwnedDescriptor(pair.Near);
        var epoll = new OwnedDescriptor(Libc.epoll_create1(Libc.EPOLL_CLOEXEC));
        owned.Close();
        Span<byte> buffer = stackalloc byte[1];
        Assert.Equal(OwnedDescriptor.Refused, owned.Send("x"u8, 0));
        Assert.Equal(OwnedDescriptor.Refused, owned.Receive(buffer));
        Assert.Equal((-1, Errno.EBADF), (Accept(ref owned), Errno.Last));
        Assert.Equal((false, Errno.EBADF), (epoll.Watch(Libc.EPOLL_CTL_ADD, ref owned, Libc.EPOLLIN, 0), Errno.Last));
        Assert.Null(owned.LocalEndPoint());
        owned.ShutDown(Libc.SHUT_RDWR);
        epoll.Close();
        using var other = new SocketPair();
        var open = new OwnedDescriptor(other.Near);
        Assert.Equal((false, Errno.EBADF), (epoll.Watch(Libc.EPOLL_CTL_ADD, ref open, Libc.EPOLLIN, 0), Errno.Last));
        open.Close();
    }

    [Fact]
    public void A_suspended_one_is_open_and_refuses_calls_until_it_goes_on()
    {
        using var pair = new SocketPair();
        var owned = new OwnedDescriptor(pair.Near);
        owned.Suspend();
        Assert.Equal(OwnedDescriptor.Refused, owned.Send("x"u8, 0));
        owned.ShutDown(Libc.SHUT_RDWR);
        Assert.Equal(-Errno.EAGAIN, pair.ReceiveFromNear());
        owned.Resume();
        Assert.Equal(1, owned.Send("x"u8, 0));
        owned.Suspend();
        Assert.True(owned.Close());
        Assert.Equal(1, pair.ReceiveFromNear());
        Assert.Equal(0, pair.ReceiveFromNear());
    }

    /// <summary>Threads that send and close with abandon, and a stranger that gets the number as soon as it is free: no byte reaches it, and nobody closes it.</summary>
    [Fact]
    public async Task A_stranger_that_gets_the_number_at_once_is_left_alone()
    {
        const int rounds = 800, threads = 3;
        var round = new Round();
        var wrong = new List<string>();
        var taken = 0;
        var together = new Barrier(threads + 1);
        var users = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var n = 0; n < rounds; n++)
                {
                    together.SignalAndWait(Endless.Http.Load.Deadline.Default);
                    round.UseAndClose();
                    together.SignalAndWait(Endless.Http.Load.Deadline.Default);
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        for (var n = 0; n < rounds; n++)
        {
            round = new Round();
            together.SignalAndWait(Endless.Http.Load.Deadline.Default);
            // Opened without a pause, so that one of these is the next file of the process that the number goes to.
            var strangers = new List<SocketPair>();
            var isTaken = false;
            for (; strangers.Count < 64 && !isTaken; isTaken = strangers[^1].Near == round.Number || strangers[^1].Far == round.Number) strangers.Add(new SocketPair());
            if (isTaken) taken++;
            together.SignalAndWait(Endless.Http.Load.Deadline.Default);
            foreach (var stranger in strangers)
            {
                if ((stranger.ReceiveFromNear(), SocketPair.Receive(stranger.Near)) is var seen && seen != (-Errno.EAGAIN, -Errno.EAGAIN)) wrong.Add($"round {n}: {seen}");
                _ = Libc.close(stranger.Near);
                stranger.Dispose();
            }
            round.Dispose();
        }
        await Task.WhenAll(users);
        Assert.Empty(wrong);
        Assert.True(taken > 0, "No stranger got the number.");
    }

    private static unsafe int Accept(ref OwnedDescriptor owned) => owned.Accept(null, null, 0);

    private sealed class Round : IDisposable
    {
        private readonly SocketPair _pair = new();
        private OwnedDescriptor _owned;

        public Round() => _owned = new OwnedDescriptor(_pair.Near);

        public int Number => _owned.Number;

        public void UseAndClose()
        {
            for (var i = 0; i < 4; i++) _owned.Send("x"u8, Libc.MSG_NOSIGNAL);
            _owned.Close();
            for (var i = 0; i < 16; i++) _owned.Send("x"u8, Libc.MSG_NOSIGNAL);
            _owned.Close();
        }

        public void Dispose() => _pair.Dispose();
    }
}
