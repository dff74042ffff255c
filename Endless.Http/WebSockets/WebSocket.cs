using Endless.Http.WebSockets;

namespace Endless.Http;

/// <summary>
/// A WebSocket, the server's end (RFC 6455). A handler accepts it, receives in a loop, and sends:
/// <code>
/// mux.HandleFunc("GET /echo", async (w, r) =&gt;
/// {
///     await using var socket = await WebSocket.AcceptAsync(w, r);
///     if (socket is null) return; // the request was none for a WebSocket, and is answered
///     await foreach (var message in socket.Messages()) await socket.SendAsync(message);
/// });
/// </code>
/// </summary>
/// <remarks>
/// <para>One receive at a time; sends from any thread, each a whole message, one after another. A send is complete when the client has been sent it, or the kernel has taken it for the client (back-pressure).
/// Pings are answered and sent by themselves while a receive waits.</para>
/// <para>What a client does wrong, or that it goes, throws nothing: receives give null and sends false from then on, and <see cref="CloseCode"/> says why. Exceptions are for misuse, and for cancellation.</para>
/// <para>When its generation of the server leaves (<see cref="Request.Draining"/>), it closes by itself as soon as a receive waits, or after <see cref="WebSocketOptions.CloseTimeout"/>: with 1012 for a restart
/// and 1001 for a stop. What was received by then can be answered before; the receive loop ends when the client has answered, and clients come back to the next generation.</para>
/// </remarks>
public sealed partial class WebSocket : IAsyncDisposable
{
    private readonly HijackedConnection _connection;
    private readonly Ending _ending;
    private readonly FrameOutput _output;
    private readonly Receiver _receiver;
    private readonly PeerWatch _watch;
    private readonly CancellationTokenRegistration _draining;
    private int _disposed;

    private WebSocket(HijackedConnection connection, WebSocketOptions options, string? subprotocol, DeflateOffer? deflate)
    {
        Subprotocol = subprotocol;
        IsCompressed = deflate is not null;
        _connection = connection;
        _ending = new Ending(connection);
        _output = new FrameOutput(connection.Output, deflate?.CreateCompressor());
        var reader = new MessageReader(options.MaxMessageBytes, deflate?.CreateInflater());
        _receiver = new Receiver(connection.Input, reader, _output, _ending);
        _watch = new PeerWatch(_output, _receiver, _ending, options);
        connection.HoldDrain(); // a drain waits for the closing handshake; one that waits for nothing any more fires the token
        _draining = connection.Draining.UnsafeRegister(static socket => ((WebSocket)socket!).Leave(), this);
    }

    /// <summary>The subprotocol that was chosen; null for none.</summary>
    public string? Subprotocol { get; }

    /// <summary>The client agreed to compress messages.</summary>
    public bool IsCompressed { get; }

    /// <summary>
    /// Why it was closed, or is closing: the code of the first Close frame, of whichever side; 0 as long as it is open. See <see cref="WebSocketCloseCodes"/>: 1006 for a connection that broke or a client
    /// that is gone, 1002, 1007, 1008 and 1009 for what the client did wrong.
    /// </summary>
    public int CloseCode => _ending.Status?.Code ?? 0;

    /// <summary>What goes with <see cref="CloseCode"/>; empty if nothing does.</summary>
    public string CloseReason => _ending.Status?.Reason ?? "";

    /// <summary>
    /// Accepts the WebSocket that a request asks for: takes the connection over and answers 101, with the fields that are in the response's header. Null where it is none that can be accepted; it is answered
    /// then: 405 for another method than GET, 426 for a request that asks for no WebSocket or for another version, 400 for one that is malformed or does not come over HTTP/1.1, 403 for an
    /// <see cref="WebSocketOptions.AllowedOrigins">origin</see> that may not connect.
    /// </summary>
    /// <param name="w">The response; nothing was written to it.</param>
    /// <param name="r">The request.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidOperationException">Something was written already.</exception>
    public static async ValueTask<WebSocket?> AcceptAsync(ResponseWriter w, Request r, WebSocketOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        options ??= new WebSocketOptions();
        if (!Handshake.TryCheck(w, r, options, out var reason))
        {
            await w.WriteAsync(reason + "\n").ConfigureAwait(false);
            return null;
        }
        var subprotocol = Handshake.ChooseSubprotocol(r, options.Subprotocols);
        var deflate = options.Compression == WebSocketCompression.Off ? null : DeflateOffer.Accept(r.Header.Values("Sec-WebSocket-Extensions"), options.Compression);
        var head = Handshake.Accept(w, r, subprotocol, deflate?.Answer);
        var connection = w.Hijack();
        await connection.Output.WriteAsync(head).ConfigureAwait(false);
        return new WebSocket(connection, options, subprotocol, deflate);
    }

    /// <summary>
    /// Closes with a code and a reason, and waits until the client has answered, for <see cref="WebSocketOptions.CloseTimeout"/> at most. Messages that come meanwhile are dropped, unless a receive is under way.
    /// Only waits where the closing has begun already.
    /// </summary>
    /// <param name="code">1000 to 1003, 1007 to 1014, or 3000 to 4999: <see cref="WebSocketCloseCodes"/>.</param>
    /// <param name="reason">123 bytes of UTF-8 at most.</param>
    /// <exception cref="ArgumentException">The code may not be sent, or the reason is too long.</exception>
    public async ValueTask CloseAsync(int code = WebSocketCloseCodes.Normal, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!WebSocketCloseCodes.MayBeSent(code)) throw new ArgumentOutOfRangeException(nameof(code), code, "A close code is 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455 section 7.4).");
        if (System.Text.Encoding.UTF8.GetByteCount(reason) > CloseStatus.MaxReasonBytes) throw new ArgumentException($"A close reason has {CloseStatus.MaxReasonBytes} bytes of UTF-8 at most.", nameof(reason));
        _receiver.Close(new CloseStatus(code, reason));
        await _receiver.DrainAsync().ConfigureAwait(false);
        await _ending.Over.ConfigureAwait(false);
    }

    /// <summary>Closes with 1000 as <see cref="CloseAsync"/> does, unless it is closed or closing, and gives everything back. Ends a receive under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await CloseAsync().ConfigureAwait(false);
        _ending.Close();
        await _draining.DisposeAsync().ConfigureAwait(false);
        _watch.Dispose();
        _output.Release();
    }

    private void Leave()
    {
        var status = _connection.IsRestart ? new CloseStatus(WebSocketCloseCodes.ServiceRestart, "The server restarts.") : new CloseStatus(WebSocketCloseCodes.GoingAway, "The server stops.");
        _watch.Leave(status);
        _receiver.Leave(status);
    }
}
