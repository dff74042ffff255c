using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http;

/// <summary>
/// A stream of events to a page's <c>EventSource</c> (the HTML standard, "Server-sent events"), over HTTP/1 and HTTP/2:
/// <code>
/// mux.HandleFunc("GET /clock", async (w, r) =&gt;
/// {
///     await using var events = ServerSentEvents.Start(w, r);
///     while (await events.SendAsync($"{DateTime.Now:T}")) await events.DelayAsync(TimeSpan.FromSeconds(1));
/// });
/// </code>
/// </summary>
/// <remarks>
/// <para>Sends from any thread, one after another; each is complete when the client can take it (back-pressure). That the client has gone throws nothing: sends give false from then on, and <see cref="Ended"/> fires.</para>
/// <para>It ends, too, when its generation of the server leaves (<see cref="Request.Draining"/>): the handler returns, the connection is handed over or closed, and the client comes back by itself, to the next
/// generation, with the id of the last event that it has seen.</para>
/// </remarks>
public sealed class ServerSentEvents : IAsyncDisposable
{
    private static readonly ReadOnlyMemory<byte> KeepAliveComment = ":\n\n"u8.ToArray();

    private readonly ResponseWriter _w;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _ending;
    private readonly Timer? _timer;
    private int _isEnded;
    private bool _isOver;           // in the gate

    private ServerSentEvents(ResponseWriter w, Request r, ServerSentEventsOptions options)
    {
        _w = w;
        LastEventId = r.Header["Last-Event-ID"] is { Length: > 0 } id ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(id)) : "";
        _ending = CancellationTokenSource.CreateLinkedTokenSource(r.Cancellation, r.Draining);
        Ended = _ending.Token;
        if (options.KeepAlive is var step && step > TimeSpan.Zero) _timer = new Timer(static events => _ = ((ServerSentEvents)events!).KeepAliveAsync(), this, step, step);
    }

    /// <summary>The id of the last event that the client has seen, which it says when it comes back; empty if it has seen none. What it says: check it as any other input.</summary>
    public string LastEventId { get; }

    /// <summary>Fires when there is nothing more to send: the client has gone, the generation of the server leaves, or the stream was disposed of.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Begins the stream, and sends the head: <c>text/event-stream</c>, which nothing on the way is to keep or to hold back. The request has no other answer then.</summary>
    /// <param name="w">The response; nothing was written to it.</param>
    /// <param name="r">The request.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The head is fixed already.</exception>
    public static ServerSentEvents Start(ResponseWriter w, Request r, ServerSentEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        if (w.HasStarted) throw new InvalidOperationException("A stream of events is the whole response: begin it before anything is written.");
        options ??= new ServerSentEventsOptions();
        w.Header["Content-Type"] = "text/event-stream";
        w.Header["Cache-Control"] = "no-cache";
        w.Header["X-Accel-Buffering"] = "no"; // nginx
        r.IsOpenEnded = true;
        var events = new ServerSentEvents(w, r, options);
        // The handler may return without a word to this object.
        w.OnCompleted(events.End);
        // A head alone is not taken for a stream by everything on the way.
        var first = options.Retry is { } retry ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\n\n")) : KeepAliveComment;
        _ = events.SendAsync(first, CancellationToken.None).AsTask();
        return events;
    }

    /// <summary>Sends an event. False if it was not sent, since there is nothing more to send (<see cref="Ended"/>); true says that it is on its way, not that the client has it.</summary>
    /// <param name="data">As in <see cref="ServerSentEvent(string, string?, string?)"/>.</param>
    /// <param name="name">As there.</param>
    /// <param name="id">As there.</param>
    /// <param name="cancellationToken">Ends the wait for other sends; an event that was begun is sent whole.</param>
    /// <exception cref="ArgumentException">The name or the id holds a CR, LF or NUL.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired first.</exception>
    public ValueTask<bool> SendAsync(string data, string? name = null, string? id = null, CancellationToken cancellationToken = default) => SendAsync(new ServerSentEvent(data, name, id), cancellationToken);

    /// <summary>Sends an event that was made before, for many clients perhaps.</summary>
    /// <inheritdoc cref="SendAsync(string, string?, string?, CancellationToken)"/>
    /// <param name="message">The event.</param>
    /// <param name="cancellationToken">As above.</param>
    public ValueTask<bool> SendAsync(ServerSentEvent message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return SendAsync(message.Encoded, cancellationToken);
    }

    /// <summary>Sends a value as JSON.</summary>
    /// <inheritdoc cref="SendAsync(string, string?, string?, CancellationToken)"/>
    /// <param name="value">The value.</param>
    /// <param name="type">Of the value.</param>
    /// <param name="name">As above.</param>
    /// <param name="id">As above.</param>
    /// <param name="cancellationToken">As above.</param>
    public ValueTask<bool> SendJsonAsync<T>(T value, JsonTypeInfo<T> type, string? name = null, string? id = null, CancellationToken cancellationToken = default) =>
        SendAsync(ServerSentEvent.Json(value, type, name, id), cancellationToken);

    /// <summary>Sends a comment, which pages do not see, but people who look at the stream do.</summary>
    /// <inheritdoc cref="SendAsync(string, string?, string?, CancellationToken)"/>
    /// <param name="text">One line or more.</param>
    /// <param name="cancellationToken">As above.</param>
    public ValueTask<bool> CommentAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SendAsync(ServerSentEvent.Comment(text), cancellationToken);
    }

    /// <summary>Waits for so long, or until there is nothing more to send. Throws nothing.</summary>
    public async Task DelayAsync(TimeSpan time) => await Task.Delay(time, Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Ends the stream, when what is being sent has been. The response ends when the handler returns.</summary>
    public async ValueTask DisposeAsync()
    {
        End();
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _isOver = true;
        _gate.Release();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0) return;
        _timer?.Dispose();
        _ending.Cancel();
        _ending.Dispose(); // leak: the server's own token would keep a registration for each stream that there was
    }

    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        await _gate.WaitAsync(token).ConfigureAwait(false);
        return await SendInsideAsync(bytes).ConfigureAwait(false);
    }

    private async Task KeepAliveAsync()
    {
        // A send that is under way is sign of life enough.
        if (_gate.Wait(0, CancellationToken.None)) await SendInsideAsync(KeepAliveComment).ConfigureAwait(false);
    }

    private async ValueTask<bool> SendInsideAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_isOver || Ended.IsCancellationRequested) return false;
            await _w.WriteAsync(bytes).ConfigureAwait(false);
            await _w.FlushAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The client is gone; or the request is over, or was given up, of which the log knows.
            _isOver = true;
            End();
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }
}
