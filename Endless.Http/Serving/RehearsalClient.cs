using System.Buffers.Text;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Semantics;
using Endless.Http.Sockets;

namespace Endless.Http.Serving;

/// <summary>A client within the server, on a connection that no network carries, for requests before the first client's. Blocks its thread, and is for one thread only, which also closes it.</summary>
internal sealed unsafe class RehearsalClient : IConnectionHandler, IDisposable
{
    private readonly ProtocolContext _context;
    private readonly int _socket;

    /// <summary>Connects. The other end is served as a client's connection is, on one of the loops.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The process has no descriptors left.</exception>
    internal RehearsalClient(EventLoopGroup loops, ProtocolContext context)
    {
        _context = context;
        var pair = stackalloc int[2];
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair) != 0) throw Errno.Exception("socketpair");
        _socket = pair[0];
        _ = Libc.fcntl(pair[1], Libc.F_SETFL, Libc.O_NONBLOCK);
        Connection = new SocketConnection(pair[1], loops.NextLoop(), this);
        Connection.Start();
    }

    /// <summary>The server's end.</summary>
    internal SocketConnection Connection { get; }

    /// <summary>Told when the server's end has left its engine to be handed over.</summary>
    internal Action<SocketConnection>? HandedOver { get; init; }

    /// <summary>Sends a request, and receives until the answer ends with certain bytes or the connection does. The status; 0 if there was none in time.</summary>
    /// <param name="request">The whole request.</param>
    /// <param name="end">The answer's last bytes; empty if the end of the connection is its end.</param>
    /// <param name="timeout">For each part of the answer: milliseconds, -1 for ever.</param>
    internal int Ask(ReadOnlySpan<byte> request, ReadOnlySpan<byte> end, int timeout)
    {
        fixed (byte* bytes = request)
            if (Libc.send(_socket, bytes, (nuint)request.Length, Libc.MSG_NOSIGNAL) != request.Length) return 0;
        var buffer = stackalloc byte[4096];
        var start = new byte["HTTP/1.1 200".Length];
        for (var total = 0; ;)
        {
            var ready = new Libc.PollDescriptor { Fd = _socket, Events = Libc.POLLIN };
            if (Libc.poll(&ready, 1, timeout) == 0) return 0;
            var received = (int)Libc.recv(_socket, buffer, 4096, 0);
            if (received == -Errno.EINTR) continue;
            if (received > 0)
            {
                var part = new ReadOnlySpan<byte>(buffer, received);
                if (total < start.Length) part[..Math.Min(received, start.Length - total)].CopyTo(start.AsSpan(total));
                total += received;
                if (end.IsEmpty || !part.EndsWith(end)) continue;
            }
            return total >= start.Length && Utf8Parser.TryParse(start.AsSpan("HTTP/1.1 ".Length), out int status, out _) ? status : 0;
        }
    }

    /// <summary>Asks for a target by GET, on a thread of its own, and takes in the whole answer. Its status; 0 if there was none.</summary>
    internal static Task<int> AskAsync(EventLoopGroup loops, ProtocolContext context, string target) => Task.Factory.StartNew(() =>
    {
        using var client = new RehearsalClient(loops, context);
        return client.Ask(Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), end: [], timeout: -1);
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    bool IConnectionHandler.OnAccepted(Connection connection) => true;

    ValueTask<ConnectionOutcome> IConnectionHandler.ServeAsync(Connection connection) => ProtocolSelector.ServeAsync(connection, _context);

    void IConnectionHandler.OnEnded(Connection connection, ConnectionOutcome outcome)
    {
        if (outcome == ConnectionOutcome.HandOver) HandedOver!((SocketConnection)connection);
    }

    /// <summary>Hangs up.</summary>
    public void Dispose() => _ = Libc.close(_socket);
}
