using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Features;

public sealed class ResponseTests
{
    public static TheoryData<bool> Versions => new() { false, true };

    private sealed record Order(int Id, string Name);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Text_json_and_echoed_bodies_arrive(bool http2)
    {
        await using var app = await TestApplication.StartAsync(static app =>
        {
            app.MapGet("/", () => "Hello");
            app.MapPost("/orders", (Order order) => Results.Created($"/orders/{order.Id}", order));
            app.MapPost("/echo", async (HttpContext context) => await context.Request.Body.CopyToAsync(context.Response.Body));
        });
        var client = http2 ? app.Http2 : app.Client;
        Assert.Equal("Hello", await client.GetStringAsync("/"));
        var created = await client.PostAsJsonAsync("/orders", new Order(7, "späti"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/orders/7", created.Headers.Location!.OriginalString);
        Assert.Equal(new Order(7, "späti"), await created.Content.ReadFromJsonAsync<Order>());
        var sent = new byte[http2 ? 60_000 : 1_000_000]; // over HTTP/2 HttpClient reads nothing of a response before it has sent all of its request
        new Random(19).NextBytes(sent);
        var echoed = await client.PostAsync("/echo", new ByteArrayContent(sent));
        Assert.Equal(sent, await echoed.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Callbacks_run_last_in_first_out_and_once(bool http2)
    {
        var order = new List<string>();
        var done = new TaskCompletionSource();
        await using var app = await TestApplication.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            foreach (var name in new[] { "1", "2" })
            {
                context.Response.OnStarting(() =>
                {
                    order.Add("starting " + name);
                    context.Response.Headers.Append("X-Order", name);
                    return Task.CompletedTask;
                });
                context.Response.OnCompleted(() =>
                {
                    order.Add("completed " + name + " " + context.Response.Headers["X-Order"]);
                    if (name == "1") done.SetResult();
                    return Task.CompletedTask;
                });
            }
            await context.Response.WriteAsync("a");
            order.Add("written");
            await context.Response.WriteAsync("b");
        }));
        var response = await (http2 ? app.Http2 : app.Client).GetAsync("/");
        Assert.Equal("ab", await response.Content.ReadAsStringAsync());
        Assert.Equal(["2", "1"], response.Headers.GetValues("X-Order"));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["starting 2", "starting 1", "written", "completed 2 2,1", "completed 1 2,1"], order);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_piece_that_was_flushed_arrives_while_its_handler_waits(bool http2)
    {
        var seen = new TaskCompletionSource();
        await using var app = await TestApplication.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("one ");
            await context.Response.WriteAsync("two ");
            await seen.Task;
            await context.Response.WriteAsync("three");
        }));
        using var response = await (http2 ? app.Http2 : app.Client).GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(30));
        var body = await response.Content.ReadAsStreamAsync();
        var start = new byte[8];
        await body.ReadExactlyAsync(start).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("one two ", Encoding.ASCII.GetString(start));
        seen.SetResult();
        Assert.Equal("three", await new StreamReader(body).ReadToEndAsync());
    }

    [Fact]
    public async Task A_piece_that_was_flushed_arrives_while_its_handler_blocks()
    {
        using var seen = new ManualResetEventSlim();
        await using var app = await TestApplication.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("one ");
            Assert.True(seen.Wait(TimeSpan.FromSeconds(30)));
            await context.Response.WriteAsync("two");
        }));
        using var response = await app.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(30));
        var body = await response.Content.ReadAsStreamAsync();
        var start = new byte[4];
        await body.ReadExactlyAsync(start).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("one ", Encoding.ASCII.GetString(start));
        seen.Set();
        Assert.Equal("two", await new StreamReader(body).ReadToEndAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_response_is_complete_before_its_handler_is(bool http2)
    {
        var seen = new TaskCompletionSource();
        await using var app = await TestApplication.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("whole");
            await context.Response.CompleteAsync();
            await seen.Task;
        }));
        Assert.Equal("whole", await (http2 ? app.Http2 : app.Client).GetStringAsync("/").WaitAsync(TimeSpan.FromSeconds(30)));
        seen.SetResult();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_large_response_is_over_when_its_client_has_it(bool http2)
    {
        var over = new TaskCompletionSource();
        await using var app = await TestApplication.StartAsync(app => app.Run(async context =>
        {
            context.Response.OnCompleted(() =>
            {
                over.SetResult();
                return Task.CompletedTask;
            });
            var piece = new byte[1024];
            context.Response.ContentLength = piece.Length * 1000;
            for (var i = 0; i < 1000; i++) await context.Response.Body.WriteAsync(piece);
        }));
        Assert.Equal(1_024_000, (await (http2 ? app.Http2 : app.Client).GetByteArrayAsync("/")).Length);
        await over.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>The end of a response waits for callbacks that are quick, so that many leave together; not for those that take their time.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_callback_that_takes_its_time_does_not_hold_the_response_back(bool http2, bool blocks)
    {
        var has = new TaskCompletionSource();
        var over = new TaskCompletionSource<bool>();
        await using var app = await TestApplication.StartAsync(app => app.MapGet("/", (HttpContext context) =>
        {
            context.Response.OnCompleted(async () =>
            {
                if (blocks) over.SetResult(has.Task.Wait(TimeSpan.FromSeconds(30)));
                else over.SetResult(await Task.WhenAny(has.Task, Task.Delay(TimeSpan.FromSeconds(30))) == has.Task);
            });
            return "whole";
        }));
        Assert.Equal("whole", await (http2 ? app.Http2 : app.Client).GetStringAsync("/"));
        has.SetResult();
        Assert.True(await over.Task);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_failed_application_answers_an_empty_500_and_the_next_request_is_served(bool http2)
    {
        await using var app = await TestApplication.StartAsync(static app => app.Run(static context =>
        {
            if (context.Request.Path == "/ok") return context.Response.WriteAsync("ok");
            context.Response.Headers["X-Secret"] = "1";
            throw new InvalidOperationException("no");
        }));
        var client = http2 ? app.Http2 : app.Client;
        var failed = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.False(failed.Headers.Contains("X-Secret"));
        Assert.Equal(0, failed.Content.Headers.ContentLength);
        Assert.Equal("ok", await client.GetStringAsync("/ok"));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_answered_with_413()
    {
        await using var app = await TestApplication.StartAsync(static app => app.Run(static async context =>
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = 10;
            await context.Request.Body.CopyToAsync(Stream.Null);
        }));
        Assert.Equal(HttpStatusCode.OK, (await app.Client.PostAsync("/", new StringContent("0123456789"))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await app.Client.PostAsync("/", new StringContent("0123456789a"))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await app.Http2.PostAsync("/", new StringContent("0123456789a"))).StatusCode);
    }

    [Fact]
    public async Task A_web_socket_echoes()
    {
        await using var app = await TestApplication.StartAsync(static app =>
        {
            app.UseWebSockets();
            app.Run(static async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[100];
                var received = await socket.ReceiveAsync(buffer, default);
                await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, default);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default);
            });
        });
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri(app.Url.Replace("http", "ws", StringComparison.Ordinal)), default).WaitAsync(TimeSpan.FromSeconds(30));
        await client.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, default);
        var buffer = new byte[100];
        var received = await client.ReceiveAsync(buffer, default).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Equal(WebSocketMessageType.Close, (await client.ReceiveAsync(buffer, default).WaitAsync(TimeSpan.FromSeconds(30))).MessageType);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_request_that_is_done_does_not_fire_its_token(bool http2)
    {
        var token = default(CancellationToken);
        var over = new TaskCompletionSource();
        await using var app = await TestApplication.StartAsync(app => app.MapGet("/", (HttpContext context) =>
        {
            token = context.RequestAborted;
            context.Response.OnCompleted(() =>
            {
                over.SetResult();
                return Task.CompletedTask;
            });
            return "done";
        }));
        await (http2 ? app.Http2 : app.Client).GetStringAsync("/");
        await over.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await (http2 ? app.Http2 : app.Client).GetStringAsync("/missing").ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_client_that_leaves_fires_the_requests_token()
    {
        var fired = new TaskCompletionSource();
        await using var app = await TestApplication.StartAsync(app => app.Run(async context =>
        {
            context.RequestAborted.Register(fired.SetResult);
            await context.Response.WriteAsync("waiting");
            await fired.Task;
            await context.Response.WriteAsync("to nobody");
        }));
        using (await app.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead)) { }
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
