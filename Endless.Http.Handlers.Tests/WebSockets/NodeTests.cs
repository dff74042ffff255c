using Endless.Http.Load;
using Endless.Http.Testing;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>The WebSocket of Node, which is that of browsers: compression, fragments of its own, its closing handshake.</summary>
public sealed class NodeTests
{
    private const string Script = """
        const socket = new WebSocket(process.argv[1], ['other', 'echo']);
        const texts = ['', 'hello', 'ä€😀', 'x'.repeat(70000), 'y'.repeat(1000000)];
        let next = 0;
        socket.onopen = () => { console.log('open', socket.protocol, socket.extensions); socket.send(texts[0]); };
        socket.onmessage = event => {
          if (event.data !== texts[next]) { console.log('differs at', next); process.exit(1); }
          if (++next < texts.length) socket.send(texts[next]);
          else socket.close(4000, 'done');
        };
        socket.onerror = event => { console.log('error', event.message ?? event.error); };
        socket.onclose = event => { console.log('close', event.code, event.reason, event.wasClean); };
        """;

    [FactWithTools("node")]
    public async Task Messages_come_back_and_the_close_is_clean()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { Subprotocols = ["echo"], Compression = WebSocketCompression.ContextTakeover });
            await foreach (var message in socket!.Messages()) await socket.SendAsync(message);
        });
        var output = await Tool.RunAsync("node", ["--experimental-websocket", "--no-warnings", "-e", Script, $"ws://{server.Url.Authority}/"]).WaitAsync(Deadline.Default);
        Assert.StartsWith("open echo", output);
        Assert.EndsWith("close 4000 done true", output.Trim());
    }
}
