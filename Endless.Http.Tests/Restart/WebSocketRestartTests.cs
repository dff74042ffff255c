using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Tls;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>The server's own WebSockets and event streams in real processes that restart and stop.</summary>
public sealed class WebSocketRestartTests : IDisposable
{
    private const int Restarts = 3;
    private const int Clients = 20;

    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Clients_are_sent_1012_and_come_back_to_the_next_generation(string scheme)
    {
        _files.Write();
        await using var app = await RestartApp.StartAsync(["serve 127.0.0.1:0", .. scheme == "wss" ? (string[])[$"tls {_files.Certificate} {_files.Key}"] : []]);
        using var stop = new CancellationTokenSource();
        var pids = new ConcurrentBag<string>(); // those that each client was answered by, once for each client
        var clients = Enumerable.Range(0, Clients).Select(i => Task.Run(() => TalkAsync($"{scheme}://{app.Server.Addresses[0]}/echo-socket", i % 2 == 0, pids, stop.Token))).ToArray();
        for (var i = 0; i < Restarts; i++)
        {
            var old = app.Server.Pid;
            await Deadline.UntilAsync(() => pids.Count(pid => pid == $"{old}") == Clients || clients.Any(client => client.IsFaulted), "all clients at the generation");
            await app.Server.RestartAsync();
            await app.Server.GoneAsync(old);
            Assert.Equal(Clients, app.Server.Output.Lines.Count(line => line == $"socket ended with 1012, pid {old}"));
        }
        // Before the clients leave in the end, which they do without a word.
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("hammer time") || line.Contains("socket ended with 1006"));
        await stop.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_stop_sends_1001()
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0");
        using var socket = await ConnectAsync($"ws://{app.Server.Addresses[0]}/echo-socket");
        Assert.NotNull(await AskAsync(socket, "a"));
        app.Server.Signal(Signum.SIGTERM);
        Assert.Null(await ReceiveAsync(socket));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Deadline.Default);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_answer_holds_the_old_generation_up_for_five_seconds()
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0", "hammer 3600000");
        using var socket = await ConnectAsync($"ws://{app.Server.Addresses[0]}/echo-socket");
        Assert.NotNull(await AskAsync(socket, "a"));
        var old = app.Server.Pid;
        await app.Server.RestartAsync();
        await app.Server.GoneAsync(old);
        await app.SaysAsync($"socket ended with 1012, pid {old}");
    }

    [FactWithTools("node")]
    public async Task An_EventSource_comes_back_with_the_last_id_that_it_has_seen()
    {
        const string script = """
            const source = new EventSource(process.argv[1]);
            let last = 0, pids = new Set();
            setInterval(() => {}, 1000); // its own wait to come back keeps no process alive
            source.onmessage = event => {
              if (Number(event.lastEventId) !== ++last) { console.log('gap', last, event.lastEventId); process.exit(1); }
              if (!pids.has(event.data)) { pids.add(event.data); console.log('pid', event.data); }
              if (pids.size > 3) { source.close(); process.exit(0); }
            };
            """;
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0");
        using var client = new ScriptProcess("node", "--experimental-eventsource", "--no-warnings", "-e", script, $"http://{app.Server.Addresses[0]}/count");
        for (var i = 0; i <= Restarts; i++)
        {
            Assert.Equal($"pid {app.Server.Pid}", await client.ReadLineAsync());
            if (i == Restarts) break;
            var old = app.Server.Pid;
            await app.Server.RestartAsync();
            await app.Server.GoneAsync(old);
        }
        Assert.Equal(0, await client.ExitCodeAsync());
    }

    /// <summary>Asks over and over, and connects again whenever it is told to.</summary>
    private static async Task TalkAsync(string url, bool rests, ConcurrentBag<string> pids, CancellationToken stop)
    {
        var last = "";
        var number = 0;
        while (!stop.IsCancellationRequested)
        {
            using var socket = await ConnectAsync(url);
            while (!stop.IsCancellationRequested)
            {
                var question = number.ToString(CultureInfo.InvariantCulture);
                if (await AskAsync(socket, question) is not { } answer)
                {
                    // What was not answered is asked again; what was, was answered once, and in its turn.
                    Assert.Equal((WebSocketCloseStatus)1012, socket.CloseStatus);
                    await socket.CloseOutputAsync((WebSocketCloseStatus)1012, null, default).WaitAsync(Deadline.Default);
                    break;
                }
                Assert.StartsWith($"{question} ", answer);
                if (answer[(question.Length + 1)..] is var pid && pid != last) pids.Add(last = pid);
                number++;
                if (rests) await Task.Delay(20, CancellationToken.None); // and is told while it waits for nothing
            }
        }
    }

    private static async Task<ClientWebSocket> ConnectAsync(string url)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri(url), default).WaitAsync(Deadline.Default);
        return socket;
    }

    private static async Task<string?> AskAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default).WaitAsync(Deadline.Default);
        return await ReceiveAsync(socket);
    }

    private static async Task<string?> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, default).WaitAsync(Deadline.Default);
        return received.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
