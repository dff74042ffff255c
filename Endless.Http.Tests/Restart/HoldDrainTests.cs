using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Connections that a handler took over and has the server wait for, and files under way, in real processes that restart and stop.</summary>
public sealed class HoldDrainTests
{
    [Theory]
    [InlineData(Signum.SIGHUP, "restart")]
    [InlineData(Signum.SIGTERM, "stop")]
    public async Task A_process_waits_for_a_held_connection_and_tells_it_why_it_leaves(Signum signal, string told)
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0", "hammer 3600000");
        using var client = await HoldAsync(app);
        if (signal == Signum.SIGHUP) await app.Server.RestartAsync();
        else app.Server.Signal(signal);
        await app.SaysAsync("stopped accepting; finishing 1 connection(s).");
        Assert.Equal(told, await ReceiveAsync(client, told.Length));
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains($"returned, pid {app.Pid}"));
        client.Shutdown(SocketShutdown.Send);
        await app.SaysAsync($"hold over, pid {app.Pid}");
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("hammer time"));
    }

    [Fact]
    public async Task At_hammer_time_a_held_connection_is_closed_and_counted()
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0", "hammer 300");
        using var client = await HoldAsync(app);
        app.Server.Signal(Signum.SIGTERM);
        await app.SaysAsync("hammer time, closed 1 connection(s).");
        Assert.Equal("stop", await ReceiveAsync(client, 100));
        await app.SaysAsync($"hold over, pid {app.Pid}");
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task A_restart_waits_for_a_file_that_is_sent()
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0", "hammer 3600000");
        var bytes = new byte[16 * 1024 * 1024];
        new Random(20261130).NextBytes(bytes);
        await File.WriteAllBytesAsync(app["large"], bytes);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        await client.ConnectAsync(app.Server.EndPoint).WaitAsync(Deadline.Default);
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET /file?{app["large"]} HTTP/1.0\r\n\r\n"));
        await app.SaysAsync($"file begins, pid {app.Pid}");
        await app.Server.RestartAsync();
        await app.SaysAsync("stopped accepting; finishing 1 connection(s).");
        using var received = new MemoryStream();
        await new NetworkStream(client).CopyToAsync(received).WaitAsync(Deadline.Default);
        Assert.True(received.ToArray().AsSpan().EndsWith(bytes));
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    private static async Task<Socket> HoldAsync(RestartApp app)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(app.Server.EndPoint).WaitAsync(Deadline.Default);
        await client.SendAsync("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await app.SaysAsync("hold begins True");
        return client;
    }

    /// <summary>So many bytes, or those up to the end.</summary>
    private static async Task<string> ReceiveAsync(Socket client, int count)
    {
        var buffer = new byte[count];
        var filled = 0;
        while (filled < count && await client.ReceiveAsync(buffer.AsMemory(filled)).AsTask().WaitAsync(Deadline.Default) is > 0 and var received) filled += received;
        return Encoding.ASCII.GetString(buffer, 0, filled);
    }
}
