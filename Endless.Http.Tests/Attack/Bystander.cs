using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Tests.Attack;

/// <summary>A well-behaved client beside an attack: asks for <c>/quick</c> again and again, now and then on a new connection, and notes how long each answer took.</summary>
internal sealed class Bystander(EndPoint server) : IAsyncDisposable
{
    private const int RequestsPerConnection = 50;

    /// <summary>An answer that takes longer is none: the client has left.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly byte[] Request = "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly List<double> _milliseconds = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Requests that were not answered.</summary>
    public int Failures { get; private set; }

    /// <summary>Answers so far.</summary>
    public int Answers => _milliseconds.Count;

    /// <summary>The longest wait so far, in milliseconds.</summary>
    public double Longest => _milliseconds.Count == 0 ? double.PositiveInfinity : _milliseconds.Max();

    /// <summary>Begins to ask, every few milliseconds.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>The wait that so many of a hundred answers did not exceed, in milliseconds.</summary>
    public double Percentile(int percent)
    {
        var sorted = _milliseconds.Order().ToList();
        return sorted.Count == 0 ? double.PositiveInfinity : sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>One answer on a connection of its own, within the time. False if there is none.</summary>
    public static async Task<bool> IsAnsweredAsync(EndPoint server, TimeSpan span)
    {
        try
        {
            using var patience = new CancellationTokenSource(span);
            using var socket = await ConnectAsync(server, patience.Token);
            await AskAsync(socket, patience.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await ConnectAsync(server, _stop.Token);
                for (var i = 0; i < RequestsPerConnection && !_stop.IsCancellationRequested; i++)
                {
                    using var patience = new CancellationTokenSource(Patience);
                    var asked = Stopwatch.GetTimestamp();
                    await AskAsync(socket, patience.Token);
                    _milliseconds.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                    await Task.Delay(2, CancellationToken.None);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                Failures++;
            }
        }
    }

    private static async Task<Socket> ConnectAsync(EndPoint server, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, token);
        return socket;
    }

    private static async Task AskAsync(Socket socket, CancellationToken token)
    {
        await socket.SendAsync(Request, token);
        var buffer = new byte[1024];
        var answer = new StringBuilder();
        while (!answer.ToString().EndsWith("quick", StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer, token);
            if (count == 0) throw new IOException("closed");
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        if (!answer.ToString().StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new IOException("not served");
    }
}
