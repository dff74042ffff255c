using System.Net;
using System.Net.Sockets;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Tls;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Restarts, those that work and those that fail, for clients whose connections cannot be handed over.</summary>
public sealed class TlsAndHttp2Tests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public TlsAndHttp2Tests() => _files.Write();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(LoadProtocol.Tls)]
    [InlineData(LoadProtocol.H2c)]
    [InlineData(LoadProtocol.H2)]
    public async Task Restarts_under_load_lose_no_request(LoadProtocol protocol)
    {
        // A client of the old generation that is slow to ask again has time for it. None is silent, so nobody waits for as long.
        await using var server = await ExampleProcess.TestServerAsync(["--grace", "60000", .. protocol == LoadProtocol.H2c ? (string[])[] : ["--tls", _files.Certificate, _files.Key]]);
        var load = await LoadDriver.StartAsync(server.EndPoint, new LoadOptions
        {
            Protocol = protocol,
            KeepAliveClients = 4,
            Think = TimeSpan.FromMilliseconds(2),
            FreshEvery = TimeSpan.FromMilliseconds(20),
        });
        for (var i = 0; i < 3; i++)
        {
            var old = server.Pid;
            await server.RestartAsync();
            await server.GoneAsync(old);
        }
        await load.StopAsync();
        Assert.Empty(load.Counters.Details);
        Assert.True(load.Counters.Requests > 0);
        await server.StopAsync();
    }

    [Theory]
    [InlineData("exits")]
    [InlineData("hangs")]
    [InlineData("is killed")]
    [InlineData("dies on probation")]
    public async Task The_child_fails_and_their_connections_and_requests_go_on(string failure)
    {
        var startTimeout = $"start-timeout {(failure == "hangs" ? 500 : 30_000)}";
        string[] serve = ["serve 127.0.0.1:0", "probation 3600000", startTimeout, "serve 127.0.0.1:0", "probation 3600000", startTimeout, $"tls {_files.Certificate} {_files.Key}"];
        await using var app = await RestartApp.StartAsync(serve);
        using var tls = await ClientConnection.ConnectAsync(ServerProcess.EndPointOf(app.Server.Addresses[1]), Deadline.Default, tls: true);
        using var h2c = new Client("http", app.Server.Addresses[0]);
        using var h2 = new Client("https", app.Server.Addresses[1]);
        var answer = $"generation 1 pid {app.Pid}";
        var underWay = new[] { h2c.GetAsync($"/wait?{app["go"]}"), h2.GetAsync($"/wait?{app["go"]}") };
        await app.Server.Output.WaitForAsync(line => line.Contains("wait begins"), 2);
        Assert.Equal(answer, await RestartApp.GetAsync(tls));

        await FailAsync(app, failure, serve);

        Assert.Equal(answer, await RestartApp.GetAsync(tls));
        Assert.Equal([answer, answer], [await h2c.GetAsync("/"), await h2.GetAsync("/")]);
        app.Release("go");
        Assert.Equal([answer, answer], await Task.WhenAll(underWay));
        Assert.Equal((1, 1), (h2c.Connections, h2.Connections)); // nobody was sent away
    }

    private static async Task FailAsync(RestartApp app, string failure, string[] serve)
    {
        switch (failure)
        {
            case "exits":
                app.Script("exit 42");
                await app.FailingRestartAsync();
                break;
            case "hangs":
                app.Script("hang");
                await app.FailingRestartAsync();
                break;
            default:
                app.Script(failure == "is killed" ? [.. serve, "begin-hangs"] : serve);
                app.Server.Signal(Signum.SIGHUP);
                var listening = await app.Server.Output.WaitForAsync(line => line.StartsWith("Listening on ") && !line.EndsWith($"pid {app.Pid}"), 1);
                var child = int.Parse(listening[0].Split(' ')[^1]);
                if (failure != "is killed") await app.SaysAsync($"Generation 2 (pid {child}) was ready");
                var failed = app.Server.Output.WaitForAsync(" Restart failed: ");
                app.Server.Signal(Signum.SIGKILL, child);
                await failed;
                break;
        }
    }

    /// <summary>A client of HTTP/2 that counts the connections it needs.</summary>
    private sealed class Client : IDisposable
    {
        private readonly HttpClient _client;

        public Client(string scheme, string address)
        {
            var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
            _client = new HttpClient(handler)
            {
                BaseAddress = new Uri($"{scheme}://{address}"),
                Timeout = Deadline.Default,
                DefaultRequestVersion = HttpVersion.Version20,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
        }

        public int Connections { get; private set; }

        public Task<string> GetAsync(string path) => _client.GetStringAsync(path);

        public void Dispose() => _client.Dispose();

        private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            Connections++;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
    }
}
