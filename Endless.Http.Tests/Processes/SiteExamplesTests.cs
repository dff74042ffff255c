using System.Net;
using System.Net.Http.Headers;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>The examples that are sites: a chat, uploads, files, a proxy. Asked, restarted, and asked again.</summary>
public sealed class SiteExamplesTests
{
    private const int Restarts = 3;

    [Fact]
    public async Task Nothing_that_is_said_in_the_chat_is_lost_over_three_restarts()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["chat", "127.0.0.1:0"]);
        using var client = NewClient();
        Assert.Contains("<title>Chat</title>", await client.GetStringAsync(server.Url));
        await using var ada = new ChatPerson("ada", server.Addresses[0]);
        await using var bob = new ChatPerson("bob", server.Addresses[0]);
        ada.Enter();
        bob.Enter();
        using var stop = new CancellationTokenSource();
        var talking = Task.WhenAll(TalkAsync(ada), TalkAsync(bob));
        for (var i = 0; i < Restarts; i++)
        {
            var old = server.Pid;
            await server.RestartAsync();
            await server.GoneAsync(old);
            await Deadline.UntilAsync(() => (ada.Closes.Count == i + 1 && bob.Closes.Count == i + 1) || talking.IsFaulted, "both were sent away");
        }
        await stop.CancelAsync();
        await talking.WaitAsync(Deadline.Default);
        await ada.SayAsync();
        await bob.SayAsync();
        await Deadline.UntilAsync(() => ada.Heard.Count == bob.Heard.Count, "both have heard everything");
        Assert.Equal(ada.Heard.OrderBy(said => said.Key), bob.Heard.OrderBy(said => said.Key));
        Assert.All(ada.Heard.Concat(bob.Heard), said => Assert.EndsWith($" says {said.Key}", said.Value));
        Assert.Empty(ada.HeardTwice.Concat(bob.HeardTwice));
        Assert.Equal(Enumerable.Repeat(WebSocketCloseCodes.ServiceRestart, 2 * Restarts), ada.Closes.Concat(bob.Closes));

        // Slow enough that what is said in a restart is still kept when the other one comes back.
        async Task TalkAsync(ChatPerson person)
        {
            while (!stop.IsCancellationRequested)
            {
                await person.SayAsync();
                await Task.Delay(50, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [Theory]
    [InlineData("no JSON", 1007)]
    [InlineData("""{"id":"1"}""", 1007)]
    [InlineData("""{"id":"1","text":""}""", 1008)]
    [InlineData("""{"id":"","text":"a"}""", 1008)]
    public async Task The_chat_closes_on_what_is_no_message(string text, int code)
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["chat", "127.0.0.1:0"]);
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{server.Addresses[0]}/socket"), default).WaitAsync(Deadline.Default);
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), System.Net.WebSockets.WebSocketMessageType.Text, endOfMessage: true, default);
        var end = await socket.ReceiveAsync(new byte[100], default).WaitAsync(Deadline.Default);
        Assert.Equal(code, (int?)end.CloseStatus);
    }

    [Fact]
    public async Task An_upload_of_10_MB_outlasts_a_restart()
    {
        using var directory = new TempDirectory();
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["upload", "127.0.0.1:0", directory["files"]]);
        using var client = NewClient();
        Assert.Contains("multipart/form-data", await client.GetStringAsync(server.Url));
        var bytes = new byte[10_000_000];
        new Random(1).NextBytes(bytes);
        using var content = new HeldContent(bytes);
        using var form = new MultipartFormDataContent { { content, "files", "../holiday <1>.jpg" } };
        var uploading = client.PostAsync($"{server.Url}/upload", form);
        await Deadline.UntilAsync(() => Directory.GetFiles(directory["files"], ".draft-*") is [var draft] && new FileInfo(draft).Length > 0, "the upload has begun");
        await server.RestartAsync();
        await server.Output.WaitForAsync("stopped accepting; finishing 1 connection(s).");
        Assert.DoesNotContain("holiday", await client.GetStringAsync($"{server.Url}/files")); // not before it is whole
        content.LetGo();
        using var answer = await uploading.WaitAsync(Deadline.Default); // after the redirect
        Assert.Contains("holiday__1_.jpg</a>, 10000000 bytes", await answer.Content.ReadAsStringAsync());
        var stored = Assert.Single(Directory.GetFiles(directory["files"]));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(stored));
        using var back = await client.GetAsync($"{server.Url}/files/{Path.GetFileName(stored)}");
        Assert.Equal(bytes, await back.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment", back.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    [Fact]
    public async Task Nothing_stays_of_an_upload_that_is_broken_off()
    {
        using var directory = new TempDirectory();
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["upload", "127.0.0.1:0", directory["files"]]);
        using (var client = NewClient())
        {
            using var content = new HeldContent(new byte[1_000_000]);
            using var form = new MultipartFormDataContent { { content, "files", "a" } };
            using var giveUp = new CancellationTokenSource();
            var uploading = client.PostAsync($"{server.Url}/upload", form, giveUp.Token);
            await Deadline.UntilAsync(() => Directory.GetFiles(directory["files"]).Length == 1, "the upload has begun");
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => uploading);
        }
        await Deadline.UntilAsync(() => Directory.GetFiles(directory["files"]).Length == 0, "the draft is gone");
    }

    [Fact]
    public async Task Static_serves_an_application_before_and_after_a_restart()
    {
        using var directory = new TempDirectory();
        var script = new string('a', 5000);
        File.WriteAllText(directory["index.html"], "<title>app</title>");
        File.WriteAllText(directory["app.3f2a9c1b.js"], script);
        File.WriteAllText(directory["app.3f2a9c1b.js.br"], "as brotli");
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["static", "127.0.0.1:0", directory.Path]);
        await AskAsync();
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        await AskAsync();
        await server.StopAsync();
        await server.Output.WaitForAsync(line => line.Contains("\"GET /app.3f2a9c1b.js HTTP/1.1\" 200 9 "), 2);

        async Task AskAsync()
        {
            using var client = NewClient();
            using var compressed = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/app.3f2a9c1b.js") { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue("br") } } };
            using var asset = await client.SendAsync(compressed);
            Assert.Equal("as brotli", await asset.Content.ReadAsStringAsync());
            Assert.Equal(["br"], asset.Content.Headers.ContentEncoding);
            Assert.Equal(FileServer.Immutable, asset.Headers.GetValues("Cache-Control").Single());
            Assert.Equal(script, await client.GetStringAsync($"{server.Url}/app.3f2a9c1b.js"));
            using var page = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/orders/7") { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/html") } } };
            using var fallback = await client.SendAsync(page);
            Assert.Equal("<title>app</title>", await fallback.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{server.Url}/missing.js")).StatusCode);
        }
    }

    [Fact]
    public async Task Restarts_of_proxy_and_backends_under_requests_fail_none()
    {
        await using var first = await ServerProcess.StartAsync(ExampleProcess.Program, ["hello", "127.0.0.1:0"]);
        await using var second = await ServerProcess.StartAsync(ExampleProcess.Program, ["hello", "127.0.0.1:0"]);
        await using var proxy = await ServerProcess.StartAsync(ExampleProcess.Program, ["proxy", "127.0.0.1:0", first.Url, second.Url]);
        using var client = new HttpClient();
        using var stop = new CancellationTokenSource();
        var asked = 0;
        var asking = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(AskAsync)));
        foreach (var server in (ServerProcess[])[first, proxy, second, proxy])
        {
            var old = server.Pid;
            await server.RestartAsync();
            await server.GoneAsync(old);
            var before = Volatile.Read(ref asked);
            await Deadline.UntilAsync(() => Volatile.Read(ref asked) > before + 10 || asking.IsCompleted, "requests are answered behind the restart");
        }
        await stop.CancelAsync();
        await asking.WaitAsync(Deadline.Default);
        await second.StopAsync(); // one backend is gone: the other answers
        for (var i = 0; i < 4; i++) Assert.Equal("Hello Zero-Downtime!", await client.GetStringAsync(proxy.Url));

        async Task AskAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                using var body = new StringContent("a POST, which nobody sends twice");
                using var answer = await client.PostAsync(proxy.Url, body);
                Assert.Equal("Hello Zero-Downtime!", await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
                Assert.Single(answer.Headers.GetValues("X-Request-Id"));
                Interlocked.Increment(ref asked);
            }
        }
    }

    [Theory]
    [InlineData("static")]
    [InlineData("proxy")]
    [InlineData("proxy", "127.0.0.1:0")]
    [InlineData("static", "127.0.0.1:0", "/no/such/directory")]
    [InlineData("proxy", "127.0.0.1:0", "nonsense")]
    public async Task A_wrong_argument_is_one_clear_line(params string[] arguments)
    {
        var (code, output) = await Tool.TryRunAsync(ExampleProcess.Program, arguments);
        Assert.Equal(1, code);
        Assert.Contains(arguments is [_, _, var wrong] ? wrong : $"usage: {arguments[0]}", output);
    }

    private static HttpClient NewClient() => new() { DefaultRequestHeaders = { ConnectionClose = true } };

    /// <summary>Half of its bytes, and the others when it is let go.</summary>
    private sealed class HeldContent(byte[] bytes) : HttpContent
    {
        private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void LetGo() => _letGo.SetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await _letGo.Task.WaitAsync(cancellationToken);
            await stream.WriteAsync(bytes.AsMemory(bytes.Length / 2), cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
