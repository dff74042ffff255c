using System.Net;
using System.Net.Sockets;
using Endless.Http.Generations;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Server;

/// <summary>A server in this process, in a generation of its own; closed with the fixture.</summary>
internal sealed class ServerFixture : IDisposable
{
    public static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Socket> _clients = [];

    public ServerFixture(string addr = "127.0.0.1:0", HandlerFunc? handler = null, Generation? generation = null)
        : this(addr, Handler.From(handler ?? ((w, _) => w.Write("hello"))), generation)
    {
    }

    public ServerFixture(string addr, IHandler handler, Generation? generation = null)
    {
        Server = new EndlessServer(addr, handler, generation ?? new Generation(new FakeHost(), TimeSpan.FromSeconds(1)))
        {
            Logger = Log,
            DrainGrace = TimeSpan.FromMilliseconds(50),
            BeforeBegin = _listening.SetResult,
        };
    }

    public LogRecorder Log { get; } = new();

    public EndlessServer Server { get; }

    /// <summary>A server on 127.0.0.1 that listens.</summary>
    public static async Task<ServerFixture> StartAsync(IHandler handler)
    {
        var fixture = new ServerFixture("127.0.0.1:0", handler, null);
        await fixture.StartAsync();
        return fixture;
    }

    /// <summary>The end of <see cref="EndlessServer.ListenAndServeAsync"/>.</summary>
    public Task Serving { get; private set; } = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken = default) => StartAsync(Server.ListenAndServeAsync(cancellationToken));

    /// <summary>Waits until the server listens that a call of one of its ListenAndServe methods has started.</summary>
    public async Task StartAsync(Task serving)
    {
        Serving = serving;
        await Task.WhenAny(_listening.Task, Serving).WaitAsync(Deadline);
        if (!_listening.Task.IsCompleted) await Serving;
        await Log.WaitForAsync("Listening on ");
    }

    public async Task<Socket> ConnectAsync()
    {
        var client = Server.LocalEndPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        await client.ConnectAsync(Server.LocalEndPoint!).WaitAsync(Deadline);
        return client;
    }

    public static IPEndPoint Loopback(int port) => new(IPAddress.Loopback, port);

    public void Dispose()
    {
        Server.Close();
        foreach (var client in _clients) client.Dispose();
    }
}
