using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Handlers.Tests.Proxying;

/// <summary>A backend without manners: reads one request's head from each connection, and does what it is told.</summary>
internal sealed class RudeBackend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Stream, string, Task> _serve;
    private readonly List<Task> _serving = [];
    private readonly List<TcpClient> _clients = [];
    private readonly Task _accepting;

    public RudeBackend(Func<Stream, string, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    /// <summary>One that sends a text and closes.</summary>
    public RudeBackend(string response) : this((stream, _) => stream.WriteAsync(Encoding.Latin1.GetBytes(response)).AsTask()) { }

    public string Url { get; }

    public List<string> Heads { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        lock (_clients)
            foreach (var client in _clients) client.Dispose();
        await Task.WhenAll(_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1) head.Append((char)one[0]);
        return head.ToString();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            lock (_clients) _clients.Add(client);
            _serving.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var stream = client.GetStream();
        var head = await ReadHeadAsync(stream);
        lock (Heads) Heads.Add(head);
        await _serve(stream, head);
        client.Dispose();
    }
}
