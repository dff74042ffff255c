using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>A listener as Kestrel sees it: what an event loop accepts waits here until Kestrel asks for it. Each accepted socket is served, whatever ends meanwhile. Thread-safe.</summary>
internal sealed class KestrelListener(KestrelMember member, HostStart start, SocketConnectionContextFactory connections) : IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _unbound = new();
    private bool _isStarted;
    private int _ends;

    public EndPoint EndPoint => member.Endpoint.LocalEndPoint!;

    /// <summary>Joins the generation, and listens.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public void Listen()
    {
        StopSignals.Watch(member.Generation);
        member.Generation.Join(member);
        member.Generation.Starting();
        _isStarted = true;
        if (member.Generation.PidFile is { } pidFile) member.Generation.AcquirePidFile?.Invoke(pidFile);
        member.Endpoint.Listen(OnAccepted);
    }

    /// <summary>Accepts: at once in the first generation, in a later one when the host has started and every server of the process listens. Completes then, or when it is unbound before.</summary>
    public async Task AcceptAsync()
    {
        try
        {
            if (member.Generation.Continues) await start.Started.WaitAsync(_unbound.Token).ConfigureAwait(false);
            await member.Generation.ArriveAsync(member).WaitAsync(_unbound.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            return; // unbound, or the host did not start and has told so
        }
        member.Endpoint.Accept();
        member.Generation.Accepting(member);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync().ConfigureAwait(false);
        start.Fail("its host ended before it had started");
        member.Stop();
        await member.Endpoint.CloseAsync(member.HasSuccessor).ConfigureAwait(false);
        _accepted.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ends, 1) != 0) return;
        await UnbindAsync(CancellationToken.None).ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var connection)) await connection.DisposeAsync().ConfigureAwait(false); // nobody reads any more
        await member.Generation.LeaveAsync(member, _isStarted).ConfigureAwait(false);
    }

    /// <summary>On the event loop.</summary>
    private void OnAccepted(int descriptor)
    {
        ConnectionContext connection;
        try
        {
            connection = connections.Create(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)));
        }
        catch (SocketException)
        {
            return; // gone already; the handle has closed the descriptor, or does so with its finalizer
        }
        member.Opened();
        connection.ConnectionClosed.UnsafeRegister(static member => ((KestrelMember)member!).Closed(), member);
        if (!_accepted.Writer.TryWrite(connection)) connection.Abort(); // cannot be: it is complete when nothing is accepted any more
    }
}
