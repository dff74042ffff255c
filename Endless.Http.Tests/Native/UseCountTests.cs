using Endless.Http.Native;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Native;

public sealed class UseCountTests
{
    [Fact]
    public void Nobody_enters_what_is_shut_and_the_last_one_out_is_told()
    {
        var users = new UseCount();
        Assert.True(users.TryEnter());
        Assert.True(users.TryEnter());
        Assert.True(users.TryShut(out var inUse));
        Assert.True(inUse && users.IsShut);
        Assert.False(users.TryEnter());
        Assert.False(users.TryShut(out _));
        Assert.False(users.Leave(out var isLast) || isLast);
        Assert.False(users.Leave(out isLast) || isLast);
        Assert.False(users.Leave(out isLast));
        Assert.True(isLast);
    }

    [Fact]
    public void What_is_suspended_lets_nobody_enter_until_it_goes_on()
    {
        var users = new UseCount();
        users.Suspend();
        Assert.False(users.TryEnter() || users.IsShut);
        users.Resume();
        Assert.True(users.TryEnter());
        Assert.True(users.Leave(out var isLast));
        Assert.False(isLast);
        users.Suspend();
        Assert.True(users.TryShut(out var inUse));
        Assert.False(inUse);
        users.Leave(out isLast);
        Assert.True(isLast);
        users.Resume();
        Assert.False(users.TryEnter());
    }

    /// <summary>Users, three who shut, and of these one who suspends first, all at once: the close comes once, in every round, and finds nobody inside.</summary>
    [Fact]
    public async Task The_close_comes_exactly_once_and_never_while_somebody_is_inside()
    {
        const int rounds = 4_000, threads = 4;
        var round = new Shared();
        var wrong = new List<string>();
        var together = new Barrier(threads, _ =>
        {
            if (round.Closes != 1 || round.Inside != 0 || round.Met != 0) wrong.Add($"{round.Closes} closes, {round.Inside} inside, {round.Met} met a close");
            round = new Shared();
        });
        await Task.WhenAll(Enumerable.Range(0, threads).Select(i => Task.Factory.StartNew(
            () =>
            {
                for (var n = 0; n < rounds; n++)
                {
                    var mine = round;
                    if (i == 0) mine.SuspendAndResume();
                    else if (i > 1) mine.Use();
                    if (i < 3) mine.Shut();
                    mine.Use();
                    together.SignalAndWait(TransportFixture.Deadline);
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Empty(wrong);
    }

    /// <summary>One round's object, and what its users see of it.</summary>
    private sealed class Shared
    {
        private UseCount _users;
        private int _inside;
        private int _closes;
        private int _met;

        public int Closes => Volatile.Read(ref _closes);

        public int Inside => Volatile.Read(ref _inside);

        public int Met => Volatile.Read(ref _met);

        public void Use()
        {
            for (var n = 0; n < 3 && _users.TryEnter(); n++)
            {
                Interlocked.Increment(ref _inside);
                if (Closes != 0) Interlocked.Increment(ref _met);
                Leave();
            }
        }

        public void Shut()
        {
            if (!_users.TryShut(out _)) return;
            Interlocked.Increment(ref _inside);
            Leave();
        }

        public void SuspendAndResume()
        {
            _users.Suspend();
            _users.Resume();
        }

        private void Leave()
        {
            Interlocked.Decrement(ref _inside);
            _users.Leave(out var isLast);
            if (!isLast) return;
            Interlocked.Increment(ref _closes);
            if (Inside != 0) Interlocked.Increment(ref _met);
        }
    }
}
