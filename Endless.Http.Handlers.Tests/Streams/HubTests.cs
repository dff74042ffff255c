using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Streams;

public sealed class HubTests
{
    [Fact]
    public async Task Everybody_gets_every_message_in_order()
    {
        var hub = new Hub<int>();
        using var first = hub.Subscribe();
        using var second = hub.Subscribe();
        for (var i = 0; i < 3; i++) Assert.Equal(2, hub.Publish(i));
        first.Dispose();
        second.Dispose();
        Assert.Equal([0, 1, 2], await AllAsync(first));
        Assert.Equal([0, 1, 2], await AllAsync(second));
        Assert.Equal(0, hub.Publish(4));
    }

    [Fact]
    public async Task The_oldest_are_dropped_where_the_queue_is_full()
    {
        var hub = new Hub<int>(new HubOptions { QueueLength = 2 });
        using var slow = hub.Subscribe();
        for (var i = 0; i < 5; i++) Assert.Equal(1, hub.Publish(i));
        slow.Dispose();
        Assert.Equal([3, 4], await AllAsync(slow));
        Assert.Equal(3, slow.Dropped);
    }

    [Fact]
    public async Task The_slow_are_dropped_where_the_policy_says_so()
    {
        var hub = new Hub<int>(new HubOptions { QueueLength = 2, Policy = HubPolicy.DropSubscriber });
        using var slow = hub.Subscribe();
        Assert.Equal([1, 1, 0, 0], Enumerable.Range(0, 4).Select(i => hub.Publish(i)));
        Assert.Equal(0, hub.Count);
        Assert.True(slow.IsEnded);
        Assert.Equal([0, 1], await AllAsync(slow));
        Assert.Equal(1, slow.Dropped);
    }

    [Fact]
    public async Task Who_publishes_waits_for_the_slow_where_the_policy_says_so()
    {
        var hub = new Hub<int>(new HubOptions { QueueLength = 1, Policy = HubPolicy.Wait });
        using var slow = hub.Subscribe();
        using var quick = hub.Subscribe();
        Assert.Equal(2, await hub.PublishAsync(0));
        await using var messages = quick.Messages().GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync());
        var publishing = hub.PublishAsync(1).AsTask();
        Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Deadline.Default)); // has it before the slow one has room
        Assert.Equal(1, messages.Current);
        Assert.False(publishing.IsCompleted);
        await using var late = slow.Messages().GetAsyncEnumerator();
        Assert.True(await late.MoveNextAsync());
        Assert.Equal(2, await publishing.WaitAsync(Deadline.Default));
        publishing = hub.PublishAsync(2).AsTask();
        slow.Dispose(); // nor for one that is gone
        Assert.Equal(1, await publishing.WaitAsync(Deadline.Default));
        using var cancel = new CancellationTokenSource();
        using var full = hub.Subscribe();
        hub.Publish(3);
        publishing = hub.PublishAsync(4, cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
    }

    [Fact]
    public async Task A_group_gets_its_own_messages_and_those_for_everybody()
    {
        var hub = new Hub<string>();
        using var red = hub.Subscribe("red");
        using var blue = hub.Subscribe("blue");
        using var none = hub.Subscribe();
        Assert.Equal(1, hub.Publish("for red", "red"));
        Assert.Equal(3, hub.Publish("for all"));
        Assert.Equal(0, hub.Publish("for nobody", "green"));
        red.Dispose();
        Assert.Equal(0, hub.Publish("late", "red"));
        blue.Dispose();
        none.Dispose();
        Assert.Equal(["for red", "for all"], await AllAsync(red));
        Assert.Equal(["for all"], await AllAsync(blue));
        Assert.Equal(["for all"], await AllAsync(none));
    }

    [Fact]
    public async Task A_token_ends_the_messages_and_the_subscription()
    {
        var hub = new Hub<int>();
        var subscription = hub.Subscribe("group");
        using var until = new CancellationTokenSource();
        hub.Publish(1);
        hub.Publish(2);
        var seen = new List<int>();
        await foreach (var message in subscription.Messages(until.Token))
        {
            seen.Add(message);
            await until.CancelAsync();
        }
        Assert.Equal([1], seen);
        Assert.Equal(0, hub.Count);
    }

    [Fact]
    public void Subscribers_are_bounded()
    {
        var hub = new Hub<int>(new HubOptions { MaxSubscribers = 1 });
        var one = hub.Subscribe();
        Assert.Throws<InvalidOperationException>(() => hub.Subscribe());
        one.Dispose();
        one.Dispose();
        using var next = hub.Subscribe();
        Assert.Equal(1, hub.Count);
    }

    [Fact]
    public async Task Threads_that_come_and_go_and_publish_do_not_disturb_each_other()
    {
        var hub = new Hub<int>(new HubOptions { QueueLength = 10_000 });
        var steady = hub.Subscribe("group");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                using var passing = hub.Subscribe(i % 2 == 0 ? "group" : null);
                hub.Publish(thread, i % 3 == 0 ? "group" : null);
            }
        })).ToArray()).WaitAsync(Deadline.Default);
        steady.Dispose();
        Assert.Equal(8000, (await AllAsync(steady)).Count);
        Assert.Equal(0, hub.Count);
    }

    [Fact]
    public async Task Pages_and_sockets_hear_of_what_is_said()
    {
        var hub = new Hub<ServerSentEvent>();
        var mux = new ServeMux();
        mux.HandleFunc("GET /events", async (w, r) =>
        {
            await using var events = ServerSentEvents.Start(w, r);
            using var subscription = hub.Subscribe();
            await foreach (var message in subscription.Messages(events.Ended)) await events.SendAsync(message);
        });
        await using var server = await TestServer.StartAsync(mux);
        using (var response = await server.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline.Default))
        {
            await Deadline.UntilAsync(() => hub.Count == 1, "the subscription");
            hub.Publish(new ServerSentEvent("hello"));
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            while (await reader.ReadLineAsync().WaitAsync(Deadline.Default) is var line && line != "data: hello") Assert.NotNull(line);
        }
        await Deadline.UntilAsync(() => hub.Count == 0, "the end of the subscription of a client that is gone");
    }

    private static async Task<List<T>> AllAsync<T>(HubSubscription<T> subscription)
    {
        var all = new List<T>();
        await foreach (var message in subscription.Messages()) all.Add(message);
        return all;
    }
}
