using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Abuse;

/// <summary>The test server as a process of its own, whose descriptors and memory are looked at from outside.</summary>
internal sealed class AbusedServer : IAsyncDisposable
{
    private static readonly byte[] Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly ServerProcess _process;
    private Socket? _witness;

    private AbusedServer(ServerProcess process) => _process = process;

    /// <summary>Open sockets, pipes and the like.</summary>
    public int Descriptors => ProcessFigures.Of(_process.Pid).Descriptors;

    /// <summary>Bytes of memory that are the process's own: the anonymous part of its resident set.</summary>
    public long Memory => ReadKilobytes("RssAnon:") * 1024;

    public static async Task<AbusedServer> StartAsync(params string[] options) => new(await ExampleProcess.TestServerAsync(options));

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_process.EndPoint).WaitAsync(ResponseReader.Deadline);
        return socket;
    }

    /// <summary>Asks on a connection that is there from the first call on and fails unless the answer comes: the server lives, and kept the connection.</summary>
    public async Task AssertAnswersAsync()
    {
        _witness ??= await ConnectAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await AskAsync(_witness, Get), StringComparison.Ordinal);
    }

    /// <summary>Sends and returns the first bytes that come back.</summary>
    public static async Task<string> AskAsync(Socket socket, byte[] request)
    {
        await socket.SendAsync(request).WaitAsync(ResponseReader.Deadline);
        var buffer = new byte[4096];
        var count = await socket.ReceiveAsync(buffer).WaitAsync(ResponseReader.Deadline);
        return Encoding.Latin1.GetString(buffer, 0, count);
    }

    /// <summary>Waits until no more descriptors are open than at some time before.</summary>
    public Task DescriptorsBackToAsync(int count) => Deadline.UntilAsync(() => Descriptors <= count, $"no more than {count} descriptors are open");

    public async ValueTask DisposeAsync()
    {
        _witness?.Dispose();
        await _process.DisposeAsync();
    }

    private long ReadKilobytes(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Pid}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB ").ToString(), CultureInfo.InvariantCulture);
    }
}
