using System.Net.Sockets;
using System.Threading.Channels;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Semantics;
using Endless.Http.Sockets;
using Endless.Http.Tests.Protocols;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Http1;

/// <summary>Serves connections whose first request takes them over.</summary>
internal sealed class HijackingEngine
{
    public static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly Channel<(HijackedConnection, Connection)> _taken = Channel.CreateUnbounded<(HijackedConnection, Connection)>();

    public Task<ConnectionOutcome> ServeAsync(Connection connection) => ServeAsync(connection, Handler.From((w, _) => _taken.Writer.TryWrite((w.Hijack(), connection))));

    /// <summary>Serves a connection whose handler takes it over.</summary>
    public static Task<ConnectionOutcome> ServeAsync(Connection connection, IHandler handler) =>
        new Http1Connection(connection, new ProtocolContext { Handler = handler, Logger = new RecordingLogger(), Limits = new(), Timeouts = new() }).ServeAsync().AsTask();

    /// <summary>The next connection that was taken over, and the one it was made of.</summary>
    public async Task<(HijackedConnection Hijacked, Connection Connection)> NextAsync() => await _taken.Reader.ReadAsync().AsTask().WaitAsync(TransportFixture.Deadline);

    /// <summary>A client that had its connection taken over.</summary>
    public async Task<(HijackedConnection Hijacked, SocketConnection Connection, Socket Client)> ConnectAsync(TransportFixture server)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync(Request);
        var (hijacked, connection) = await NextAsync();
        return (hijacked, (SocketConnection)connection, client);
    }

    /// <summary>Sends back what arrives, until the client is done or the connection is disposed of.</summary>
    public static async Task EchoAsync(HijackedConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync().ConfigureAwait(false);
            foreach (var block in read.Buffer) await connection.Output.WriteAsync(block).ConfigureAwait(false);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    /// <summary>Which socket of the system's a descriptor is; null if it is closed. A number may be another socket's by now.</summary>
    public static string? SocketOf(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
}
