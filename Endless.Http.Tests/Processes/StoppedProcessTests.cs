using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Http2;
using Endless.Http.Tests.Restart;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Processes;

/// <summary>A server that is stopped for longer than its clients have (SIGSTOP, a paused virtual machine): whoever is late then is the server.</summary>
public sealed class StoppedProcessTests
{
    private const int Timeout = 3_000;
    private const int Body = 60_000; // in one stream's window of HTTP/2, and more than one read

    [Fact]
    public async Task What_had_come_while_the_process_was_stopped_is_answered()
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0", $"timeouts {Timeout}");
        using var head = await Client.ConnectAsync(app);
        using var body = await Client.ConnectAsync(app);
        using var rest = await Client.ConnectAsync(app);
        using var idle = await Client.ConnectAsync(app);
        using var h2 = await Client.ConnectAsync(app);
        await head.SendAsync("GET /echo HT");
        await body.SendAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {Body}\r\n\r\n");
        await rest.SendAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {2 * Body}\r\n\r\n");
        await idle.SendAsync("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await idle.Http1.ReadAsync()).Status);
        await h2.Http2.HandshakeAsync();
        h2.Http2.Request(1, "POST", "/echo", endStream: false);
        await h2.Http2.SendAsync();

        app.Server.Signal(Signum.SIGSTOP, app.Pid);
        await Deadline.UntilAsync(() => File.ReadAllText($"/proc/{app.Pid}/stat").Contains(") T "), "the process stops");
        var stopped = Environment.TickCount64;
        await head.SendAsync("TP/1.1\r\nHost: a\r\n\r\n");
        await body.SendAsync(new string('b', Body));
        await rest.SendAsync(new string('r', Body));
        await idle.SendAsync("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
        for (var i = 0; i < Body; i += 10_000) h2.Http2.Frames.WriteData(1, Encoding.ASCII.GetBytes(new string('2', 10_000)), endStream: i + 10_000 == Body);
        await h2.Http2.SendAsync();
        await Deadline.UntilAsync(() => Environment.TickCount64 - stopped > 2 * Timeout, "every deadline passes");
        app.Server.Signal(Signum.SIGCONT, app.Pid);

        Assert.Equal(200, (await head.Http1.ReadAsync()).Status);
        var answer = await body.Http1.ReadAsync();
        Assert.Equal((200, new string('b', Body)), (answer.Status, answer.Text));
        // Not there by then, but this client could not know that it had to wait.
        await rest.SendAsync(new string('r', Body));
        answer = await rest.Http1.ReadAsync();
        Assert.Equal((200, new string('r', 2 * Body)), (answer.Status, answer.Text));
        Assert.Equal(200, (await idle.Http1.ReadAsync()).Status);
        var parts = await h2.Http2.ReadResponseAsync(1);
        Assert.Equal((200, new string('2', Body)), (parts.Status, parts.Text));
    }

    private sealed class Client : IDisposable
    {
        private readonly NetworkStream _stream;

        private Client(NetworkStream stream)
        {
            _stream = stream;
            var input = PipeReader.Create(stream);
            Http1 = new ResponseReader(input);
            Http2 = new Http2Client(PipeWriter.Create(stream), input);
        }

        public ResponseReader Http1 { get; }

        public Http2Client Http2 { get; }

        public static async Task<Client> ConnectAsync(RestartApp app)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(ServerProcess.EndPointOf(app.Server.Addresses[0]));
            return new Client(new NetworkStream(socket, ownsSocket: true));
        }

        public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text));

        public void Dispose() => _stream.Dispose();
    }
}
