using Endless.Http.Buffers;

namespace Endless.Http.Tests.Transport;

public class ThreadArraysTests
{
    // An element type of its own for each test, and a thread of its own: what others keep does not come into it.
    private struct Element;

    [Fact]
    public void An_array_that_came_back_is_lent_to_its_thread_again_and_to_no_other() => OnThread(() =>
    {
        var array = new Element[16];
        Assert.Null(ThreadArrays<Element>.TryRent());
        Assert.True(ThreadArrays<Element>.TryReturn(array));
        OnThread(() => Assert.Null(ThreadArrays<Element>.TryRent()));
        Assert.Same(array, ThreadArrays<Element>.TryRent());
        Assert.Null(ThreadArrays<Element>.TryRent());
    });

    [Fact]
    public void A_thread_keeps_a_few_arrays_and_refuses_more() => OnThread(() =>
    {
        var kept = new HashSet<Element[]>();
        while (kept.Count < 100)
        {
            var array = new Element[16];
            if (!ThreadArrays<Element>.TryReturn(array)) break;
            kept.Add(array);
        }
        Assert.InRange(kept.Count, 2, 16);
        while (ThreadArrays<Element>.TryRent() is { } array) Assert.True(kept.Remove(array));
        Assert.Empty(kept);
    });

    private static void OnThread(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(test));
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Null(failure);
    }
}
