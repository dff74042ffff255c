using System.Threading.Channels;
using Endless.Http.Load;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Endless.Http.AspNetCore.Tests.SignalR;

/// <summary>What a hub's clients do, by every transport and protocol.</summary>
public sealed class HubTests
{
    [Theory, ClassData(typeof(TransportsAndProtocols))]
    public async Task A_client_invokes_and_is_asked(string server, HttpTransportType transport, string protocol)
    {
        await using var talk = await Talk.StartAsync(server);
        var client = await talk.ConnectAsync(transport, protocol);
        client.On<string, string>("asked", question => $"the answer to {question}");
        Assert.Equal("hello", await client.InvokeAsync<string>("Echo", "hello").WaitAsync(Deadline.Default));
        var large = new string('x', 30_000);
        Assert.Equal(large, await client.InvokeAsync<string>("Echo", large).WaitAsync(Deadline.Default));
        Assert.Equal("the answer to everything", await client.InvokeAsync<string>("Ask", "everything").WaitAsync(Deadline.Default));
        var failure = await Assert.ThrowsAsync<HubException>(() => client.InvokeAsync("Throw").WaitAsync(Deadline.Default));
        Assert.Contains("A fault of the hub.", failure.Message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(TransportsAndProtocols))]
    public async Task Streams_go_both_ways(string server, HttpTransportType transport, string protocol)
    {
        await using var talk = await Talk.StartAsync(server);
        var client = await talk.ConnectAsync(transport, protocol);
        Assert.Equal(Enumerable.Range(0, 500), await client.StreamAsync<int>("Count", 500).ToListAsync().AsTask().WaitAsync(Deadline.Default));
        Assert.Equal(4950, await client.InvokeAsync<int>("Sum", Enumerable.Range(0, 100).ToAsyncEnumerable()).WaitAsync(Deadline.Default));
        // One after the other: each is back before the next is sent.
        var texts = Channel.CreateUnbounded<string>();
        await using var answers = client.StreamAsync<string>("Both", texts.Reader).GetAsyncEnumerator();
        for (var i = 0; i < 10; i++)
        {
            await texts.Writer.WriteAsync($"text {i}");
            Assert.True(await answers.MoveNextAsync().AsTask().WaitAsync(Deadline.Default));
            Assert.Equal($"TEXT {i}", answers.Current);
        }
        texts.Writer.Complete();
        Assert.False(await answers.MoveNextAsync().AsTask().WaitAsync(Deadline.Default));
    }

    [Theory, ClassData(typeof(TransportsAndProtocols))]
    public async Task A_group_hears_what_is_said_to_it_and_nobody_else_does(string server, HttpTransportType transport, string protocol)
    {
        await using var talk = await Talk.StartAsync(server);
        var heard = Channel.CreateUnbounded<string>();
        for (var i = 0; i < 3; i++)
        {
            var name = $"client {i}";
            var client = await talk.ConnectAsync(transport, protocol);
            client.On<string, string>("said", (room, text) => heard.Writer.TryWrite($"{name} {room} {text}"));
            await client.InvokeAsync("Join", i == 2 ? "attic" : "cellar").WaitAsync(Deadline.Default);
        }
        var speaker = await talk.ConnectAsync(transport, protocol);
        await speaker.InvokeAsync("Say", "cellar", "one").WaitAsync(Deadline.Default);
        await speaker.InvokeAsync("Say", "attic", "two").WaitAsync(Deadline.Default);
        var all = new List<string>();
        while (all.Count < 3) all.Add(await heard.Reader.ReadAsync().AsTask().WaitAsync(Deadline.Default));
        Assert.Equal(["client 0 cellar one", "client 1 cellar one", "client 2 attic two"], all.Order());
        Assert.False(heard.Reader.TryRead(out _));
    }
}
