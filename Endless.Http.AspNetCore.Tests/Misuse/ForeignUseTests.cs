using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Endless.Http.AspNetCore.Tests.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit.Abstractions;

namespace Endless.Http.AspNetCore.Tests.Misuse;

/// <summary>What is done with a request that is over never reaches another one: every answer says whose it is, and is checked to its last byte.</summary>
public sealed class ForeignUseTests(ITestOutputHelper output)
{
    private const int Connections = 4;
    private const int Rounds = 400;
    private static readonly AsyncLocal<string?> Ambient = new();

    private readonly ConcurrentQueue<Func<Task>> _late = new();
    private readonly ConcurrentDictionary<string, Func<Task>> _prepared = new(); // of requests that may not be over yet: what came then would be their own
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private int _ambientSeen;

    [Fact]
    public async Task Uses_after_the_end_reach_no_other_request_of_HTTP_1()
    {
        await using var peer = await StartAsync();
        var seed = Seed();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async number =>
        {
            var random = new Random(seed + number);
            var client = await RawClient.ConnectAsync(peer.Http1);
            try
            {
                for (var round = 0; round < Rounds; round++)
                {
                    var late = random.Next(3) == 0;
                    if (late)
                    {
                        await client.SendAsync($"POST /misuse/{random.Next(LateUses.All.Count)}/{number}-{round} HTTP/1.1\r\nHost: peer\r\nContent-Length: 4\r\n\r\nbody");
                        var answer = await client.ReadAsync();
                        if (answer.Fault is null) Assert.DoesNotContain("FOREIGN", answer.Text);
                        Release($"{number}-{round}");
                    }
                    var who = $"{number}-{round}-{seed}";
                    var length = random.Next(1, 20_000);
                    await client.SendAsync($"POST /who/{length} HTTP/1.1\r\nHost: peer\r\nX-Who: {who}\r\nContent-Length: {who.Length}\r\n\r\n{who}");
                    var mine = await client.ReadAsync();
                    if (mine.Fault == "closed" && mine.Status == 0)
                    {
                        // What the misuse left of the connection is the server's to close, between requests.
                        client.Dispose();
                        client = await RawClient.ConnectAsync(peer.Http1);
                        Assert.True(late, $"a connection was closed that nobody misused (seed {seed})");
                        continue;
                    }
                    AssertMine(mine, who, length, seed);
                }
            }
            finally
            {
                client.Dispose();
            }
        }));
        Finish(seed);
    }

    [Fact]
    public async Task Uses_after_the_end_reach_no_other_request_of_HTTP_2()
    {
        await using var peer = await StartAsync();
        var seed = Seed();
        using var client = new PriorKnowledgeClient(peer.Http2);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async number =>
        {
            var random = new Random(seed + number);
            for (var round = 0; round < Rounds; round++)
            {
                if (random.Next(3) == 0)
                {
                    using var misuse = client.Request("POST", $"/misuse/{random.Next(LateUses.All.Count)}/{number}-{round}");
                    misuse.Content = new ByteArrayContent("body"u8.ToArray());
                    await client.SendAsync(misuse);
                    Release($"{number}-{round}");
                }
                var who = $"{number}-{round}-{seed}";
                var length = random.Next(1, 20_000);
                using var request = client.Request("POST", $"/who/{length}", ("X-Who", who));
                request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(who));
                AssertMine(await client.SendAsync(request), who, length, seed);
            }
        }));
        Finish(seed);
    }

    private static int Seed() => Environment.GetEnvironmentVariable("SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next(1_000_000);

    private static void AssertMine(Answer answer, string who, int length, int seed)
    {
        Assert.True(answer.Fault is null, $"{answer.Fault} for {who}, seed {seed}");
        Assert.True(answer.Status == 200, $"{answer.Status} for {who}, seed {seed}");
        Assert.Equal(who, answer.Header("X-Is"));
        Assert.Null(answer.Header("X-Foreign"));
        Assert.Equal(Expected(who, length), answer.Text);
    }

    private static string Expected(string who, int length)
    {
        var text = new StringBuilder(length + who.Length);
        while (text.Length < length) text.Append(who).Append(' ');
        return text.ToString(0, length);
    }

    private void Finish(int seed)
    {
        output.WriteLine($"seed {seed}: {string.Join(", ", _outcomes.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key} {pair.Value}"))}");
        Assert.Equal(0, _ambientSeen);
        Assert.NotEmpty(_outcomes);
    }

    private Task<Peer> StartAsync() => Peer.StartAsync(ServerKind.Endless, null, application =>
    {
        application.MapPost("/misuse/{number:int}/{id}", MisuseAsync);
        application.MapPost("/who/{length:int}", WhoAsync);
    });

    private async Task MisuseAsync(HttpContext context, int number, string id)
    {
        // dotnet/aspnetcore#13991: what flows from one request must not be there in the next one.
        if (Ambient.Value is not null) Interlocked.Increment(ref _ambientSeen);
        Ambient.Value = "FOREIGN";
        var (name, prepare) = LateUses.All[number];
        var use = prepare(context);
        _prepared[id] = async () =>
        {
            try
            {
                // A read of what is over may never end; nobody waits for it.
                var task = use();
                if (!task.IsCompleted) _outcomes.AddOrUpdate(name + " pending", 1, static (_, count) => count + 1);
                await task;
                _outcomes.AddOrUpdate(name + " done", 1, static (_, count) => count + 1);
            }
            catch (Exception exception)
            {
                _outcomes.AddOrUpdate($"{name} {exception.GetType().Name}", 1, static (_, count) => count + 1);
            }
        };
        if (name != "memory that was given") await context.Response.WriteAsync("misused");
    }

    /// <summary>Has the late uses done while it is itself half-way.</summary>
    private async Task WhoAsync(HttpContext context, int length)
    {
        if (Ambient.Value is not null) Interlocked.Increment(ref _ambientSeen);
        context.Items.TryGetValue("who", out var item);
        var pending = new List<Task>();
        RunLate(pending);
        var who = context.Request.Headers["X-Who"].ToString();
        var sent = await new StreamReader(context.Request.Body).ReadToEndAsync();
        var foreign = item is not null || sent != who || context.Features.Get<IHttpRequestBodyDetectionFeature>() is null;
        context.Response.Headers["X-Is"] = foreign ? $"FOREIGN {item} {sent}" : who;
        var body = Encoding.ASCII.GetBytes(Expected(who, length));
        var half = body.Length / 2;
        await context.Response.Body.WriteAsync(body.AsMemory(0, half));
        RunLate(pending);
        await context.Response.Body.WriteAsync(body.AsMemory(half));
        RunLate(pending);
    }

    /// <summary>The client has the answer: the request is over.</summary>
    private void Release(string id)
    {
        if (_prepared.TryRemove(id, out var use)) _late.Enqueue(use);
    }

    private void RunLate(List<Task> pending)
    {
        while (_late.TryDequeue(out var use)) pending.Add(Task.Run(use));
    }
}
