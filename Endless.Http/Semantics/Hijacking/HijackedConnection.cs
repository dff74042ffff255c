using System.IO.Pipelines;
using System.Net;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>A connection that a handler took over, and that is the server's no longer. The handler, or whoever it gives it to, owns it and disposes of it. Go's result of <c>Hijack</c>.</summary>
/// <remarks>
/// <para>Unless <see cref="HoldDrain"/> is called, a restart or a stop of the server does nothing to it: no read is canceled, nobody waits for it or for its handler, hammer time does not close it; no figure and no limit counts it.
/// It ends with its process, which may end as soon as <c>ListenAndServe</c> has returned: <see cref="Draining"/> says when to come to an end, and
/// <see cref="HoldDrain"/> has the server wait for it, or <see cref="EndlessServer.ShutdownInitiated"/> is where an application waits until all have.</para>
/// <para>One flow at a time reads <see cref="Input"/>, and one at a time writes <see cref="Output"/>; they may be two different ones. <see cref="Dispose"/>,
/// <see cref="PipeReader.CancelPendingRead"/> and <see cref="PipeWriter.CancelPendingFlush"/> may be called from any thread at any time.</para>
/// </remarks>
public sealed class HijackedConnection : IDuplexPipe, IDisposable
{
    private readonly Connection _connection;
    private readonly HijackedReader _input;
    private readonly HijackedWriter _output;
    private HijackedStream? _stream;
    private readonly IDrainWait? _drain;
    private int _disposed;
    private int _open = 3;      // the two directions, and Dispose: a handler that completes both pipes has not said that it is done with the connection

    internal HijackedConnection(Connection connection, CancellationToken draining, IDrainWait? drain)
    {
        _connection = connection;
        _drain = drain;
        Draining = draining;
        _input = new HijackedReader(connection.Input, CloseIfLast);
        _output = new HijackedWriter(connection, CloseIfLast);
        LocalEndPoint = connection.LocalEndPoint;
        RemoteEndPoint = connection.RemoteEndPoint;
    }

    /// <summary>Bytes from the client, from the first after the request's header section. A read does not throw for what a client does, nor for <see cref="Dispose"/>.</summary>
    public PipeReader Input => _input;

    /// <summary>Bytes to the client. A flush does not throw for what a client does, nor for <see cref="Dispose"/>: with <see cref="FlushResult.IsCompleted"/> it says that nothing more can be sent.</summary>
    public PipeWriter Output => _output;

    /// <summary>
    /// Fires when this generation of the server is leaving, for a restart or for good, as <see cref="Request.Draining"/> does: whoever serves the connection should bring it to
    /// its end, as with the closing handshake of a WebSocket. Nothing is cut off.
    /// </summary>
    public CancellationToken Draining { get; }

    /// <summary>When <see cref="Draining"/> has fired: another generation serves on, and the client may come again at once (the close code 1012 of a WebSocket); false if the service ends (1001).</summary>
    public bool IsRestart => Draining.IsCancellationRequested && _drain is { HasSuccessor: true };

    /// <summary>
    /// From now on a stop and a restart of the server wait for this connection, as for one within a request, until it is disposed of and closed. At hammer time, and by <see cref="EndlessServer.Close"/>, it is closed as
    /// those are: reads find the end, flushes say that nothing more can be sent. The log names how many are waited for; no figure and no limit counts them. Call it right after the hijack; any thread, any number of times.
    /// </summary>
    /// <returns>False if the server waits for nothing any more, or the connection was closed: bring it to its end at once.</returns>
    public bool HoldDrain()
    {
        if (_drain is null || Volatile.Read(ref _open) == 0 || !_drain.TryHold(_connection)) return false;
        // Race: closed in between, nobody else lets it go.
        if (Volatile.Read(ref _open) != 0) return true;
        _drain.LetGo(_connection);
        return false;
    }

    /// <summary>The server's address of this connection.</summary>
    public EndPoint? LocalEndPoint { get; }

    /// <summary>The client's address.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>
    /// The connection as a stream, always the same, for <c>WebSocket.CreateFromStream</c>, <c>SslStream</c> and the like. Over <see cref="Input"/> and <see cref="Output"/>: one flow may read while
    /// another writes. Disposing of it disposes of the connection.
    /// </summary>
    /// <remarks>
    /// A read returns 0 at the end, and for <see cref="Dispose"/>. A write sends before it returns, along with what was left unsent in <see cref="Output"/>; flushing sends that alone. Once nothing can
    /// be sent any more, a write throws <see cref="IOException"/>. A read that <see cref="PipeReader.CancelPendingRead"/> ended throws <see cref="OperationCanceledException"/>, and loses no
    /// byte; so does a write for <see cref="PipeWriter.CancelPendingFlush"/>, whose rest goes out with the next one. Synchronous calls block their thread, and no event loop.
    /// </remarks>
    public Stream AsStream() => _stream ?? Interlocked.CompareExchange(ref _stream, new HijackedStream(_input, _output, this), null) ?? _stream;

    /// <summary>
    /// Closes the connection, over TLS with close_notify. What was written and not flushed is lost. From any thread, any number of times; as Go's <c>net.Conn.Close</c> it unblocks
    /// a read or a write under way.
    /// </summary>
    /// <remarks>
    /// <para>If another flow is in an operation of <see cref="Input"/> or <see cref="Output"/>, this returns at once, and the socket is closed when that operation has ended. A read
    /// that waits ends with an empty buffer and <see cref="ReadResult.IsCompleted"/>, and so does every later one. A flush that waits gives up what it has not sent (over TLS there is then no
    /// close_notify: the client is to see that something is missing) and ends with <see cref="FlushResult.IsCompleted"/>, and so does every later one. With nothing under way the socket
    /// is closed when this returns.</para>
    /// <para>A buffer from a read that was not advanced over yet, or memory from <see cref="Output"/>, stays usable; what is written to it goes nowhere.</para>
    /// </remarks>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _output.Close();
        _input.Close();
        CloseIfLast();
    }

    private void CloseIfLast()
    {
        if (Interlocked.Decrement(ref _open) != 0) return;
        _connection.Close();
        _drain?.LetGo(_connection);
    }
}
