using Endless.Http.Handlers.Tests.Cookies;
using Endless.Http.Sessions;

namespace Endless.Http.Handlers.Tests.Sessions;

public sealed class MemorySessionStoreTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly SettableTime _time = new();

    [Fact]
    public async Task Beyond_the_number_those_saved_longest_ago_go()
    {
        var store = new MemorySessionStore(3, 1 << 20, _time);
        foreach (var id in new[] { "a", "b", "c" }) await SaveAsync(store, id);
        Assert.True(await store.SaveAsync("a", new byte[] { 2 }, Hour, isNew: false, default));
        await SaveAsync(store, "d");
        Assert.Equal(3, store.Count);
        Assert.Null(await store.LoadAsync("b", default));
        Assert.Equal([2], (await store.LoadAsync("a", default))!.Value.ToArray());
    }

    [Fact]
    public async Task Beyond_the_bytes_too_and_small_ones_are_counted()
    {
        var store = new MemorySessionStore(1000, 10_000, _time);
        for (var i = 0; i < 1000; i++) await SaveAsync(store, $"{i}");
        Assert.Equal(10_000 / (StoredSession.Overhead + 1), store.Count);
        await store.SaveAsync("large", new byte[20_000], Hour, isNew: true, default);
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public async Task One_that_has_ended_is_gone()
    {
        var store = new MemorySessionStore(10, 1 << 20, _time);
        await SaveAsync(store, "a");
        await SaveAsync(store, "b");
        _time.Now += Hour;
        Assert.Null(await store.LoadAsync("a", default));
        Assert.False(await store.SaveAsync("b", new byte[1], Hour, isNew: false, default));
        await SaveAsync(store, "c");
        Assert.Equal(1, store.Count);
    }

    [Fact]
    public async Task One_that_a_request_has_ended_does_not_come_back_with_anothers_answer()
    {
        var store = new MemorySessionStore(10, 1 << 20, _time);
        await SaveAsync(store, "a");
        await store.RemoveAsync("a", default);
        Assert.False(await store.SaveAsync("a", new byte[1], Hour, isNew: false, default));
        Assert.Null(await store.LoadAsync("a", default));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public async Task The_next_generation_has_them_and_the_later_word_holds()
    {
        var old = new MemorySessionStore(10, 1 << 20, _time);
        foreach (var id in new[] { "a", "b", "c", "d" }) await SaveAsync(old, id);
        var next = new MemorySessionStore(10, 1 << 20, _time);
        next.FromPrevious(old.ToNext());
        Assert.Equal(4, next.Count);

        // Both serve for a while.
        _time.Now += TimeSpan.FromSeconds(1);
        await next.SaveAsync("a", new byte[] { 2 }, Hour, isNew: false, default);
        await next.RemoveAsync("b", default);
        await old.SaveAsync("c", new byte[] { 3 }, Hour, isNew: false, default);
        await old.RemoveAsync("d", default);
        next.FromPrevious(old.ToNext());
        Assert.Equal([2], (await next.LoadAsync("a", default))!.Value.ToArray());
        Assert.Null(await next.LoadAsync("b", default));
        Assert.Equal([3], (await next.LoadAsync("c", default))!.Value.ToArray());
        Assert.Null(await next.LoadAsync("d", default));
        Assert.Equal(2, next.Count);
    }

    [Fact]
    public async Task What_is_passed_on_is_bounded_and_of_the_last_saved()
    {
        var old = new MemorySessionStore(10_000, 64 << 20, _time);
        for (var i = 0; i < 2000; i++) await old.SaveAsync($"{i}", new byte[1000], Hour, isNew: true, default);
        var state = old.ToNext();
        Assert.True(state.Length <= PassedSessions.MaxBytes);
        var next = new MemorySessionStore(10_000, 64 << 20, _time);
        next.FromPrevious(state);
        Assert.InRange(next.Count, 700, 800);
        Assert.NotNull(await next.LoadAsync("1999", default));
        Assert.Null(await next.LoadAsync("0", default));
    }

    [Fact]
    public async Task A_state_of_another_version_or_cut_short_is_taken_as_far_as_it_goes()
    {
        var old = new MemorySessionStore(10, 1 << 20, _time);
        await SaveAsync(old, "a");
        await SaveAsync(old, "b");
        var state = old.ToNext();
        for (var length = 0; length < state.Length; length++)
        {
            var next = new MemorySessionStore(10, 1 << 20, _time);
            next.FromPrevious(state[..length]);
            Assert.Equal(length < state.Length / 2 ? 0 : 1, next.Count);
        }
        new MemorySessionStore(10, 1 << 20, _time).FromPrevious(Enumerable.Repeat((byte)255, 1000).ToArray());
    }

    [Fact]
    public void Two_stores_of_a_process_have_two_names()
    {
        using var one = new MemorySessionStore(passOnAs: "test.sessions");
        Assert.Throws<InvalidOperationException>(() => new MemorySessionStore(passOnAs: "test.sessions"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemorySessionStore(maxCount: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemorySessionStore(maxBytes: -1));
    }

    private static async Task SaveAsync(MemorySessionStore store, string id) => Assert.True(await store.SaveAsync(id, new byte[] { 1 }, Hour, isNew: true, default));
}
