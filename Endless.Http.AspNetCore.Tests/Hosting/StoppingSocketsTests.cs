using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ApplicationSocket = System.Net.WebSockets.WebSocket; // the core has one of its own

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>WebSockets of a host that stops: what users of other servers reported.</summary>
public sealed class StoppingSocketsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>dotnet/aspnetcore#26482: reads of upgraded connections ended with the beginning of a stop, not with its timeout.</summary>
    [Fact]
    public async Task A_stop_leaves_a_socket_open_until_its_application_closes_it()
    {
        await using var app = await StartAsync(static (socket, _) => EchoAsync(socket));
        using var client = await ConnectAsync(app);
        Assert.Equal("before", await AskAsync(client, "before"));
        var stopping = app.Services.GetRequiredService<IHost>().StopAsync();
        await UntilRefusedAsync(app);
        Assert.Equal("during", await AskAsync(client, "during"));
        Assert.False(stopping.IsCompleted);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Deadline);
        await stopping.WaitAsync(Deadline);
    }

    /// <summary>dotnet/aspnetcore#58947: a client that comes back at once, when its socket is closed by the stop, held the stop for the whole timeout.</summary>
    [Fact]
    public async Task A_client_that_comes_back_at_once_does_not_hold_the_stop()
    {
        await using var app = await StartAsync(static async (socket, stopping) =>
        {
            try
            {
                await socket.ReceiveAsync(new byte[10], stopping);
            }
            catch (OperationCanceledException)
            {
                // Of what it is told of a stop; the socket is aborted by that, and the client comes back.
            }
        });
        using var over = new CancellationTokenSource();
        var connections = 0;
        var coming = Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    using var client = await ConnectAsync(app);
                    Interlocked.Increment(ref connections);
                    await client.ReceiveAsync(new byte[10], over.Token);
                }
                catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
                {
                    await Task.Yield(); // and again
                }
            }
        }).ToList();
        await Load.Deadline.UntilAsync(() => Volatile.Read(ref connections) >= 8, "eight clients are connected");
        await app.Services.GetRequiredService<IHost>().StopAsync().WaitAsync(Deadline);
        await over.CancelAsync();
        await Task.WhenAll(coming).WaitAsync(Deadline);
    }

    private static Task<TestApplication> StartAsync(Func<ApplicationSocket, CancellationToken, Task> serve) => TestApplication.StartAsync(
        app =>
        {
            app.UseWebSockets();
            app.Run(async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await serve(socket, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            });
        },
        build: static builder => builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromMinutes(5)));

    private static async Task EchoAsync(ApplicationSocket socket)
    {
        var buffer = new byte[100];
        while (await socket.ReceiveAsync(buffer, default) is { MessageType: WebSocketMessageType.Text } received)
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, endOfMessage: true, default);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestApplication app)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri(app.Url.Replace("http", "ws", StringComparison.Ordinal)), default).WaitAsync(Deadline);
        return client;
    }

    private static async Task<string> AskAsync(ClientWebSocket client, string text)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);
        var buffer = new byte[100];
        var received = await client.ReceiveAsync(buffer, default).WaitAsync(Deadline);
        return Encoding.ASCII.GetString(buffer, 0, received.Count);
    }

    private static async Task UntilRefusedAsync(TestApplication app)
    {
        var url = new Uri(app.Url);
        await Load.Deadline.UntilAsync(async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(url.Host, url.Port);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        }, "the stopping server refuses connections");
    }
}
