using System.Buffers;
using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>Serves HTTP/2 (RFC 9113) on one connection, from the client's preface on. Makes the connection's parts and joins them: for that alone it uses so many.</summary>
internal sealed class Http2Connection : IProtocolEngine, IConnectionEvents
{
    private readonly ConnectionParts _parts;
    private readonly SettingsExchange _settings;
    private readonly StreamSender _sender;
    private readonly StreamOpener _opener;
    private readonly HalfClose _halfClose;
    private readonly GoAway _goAway;
    private readonly ReadingFlow _flow;
    private readonly ConnectionClose _close;

    public Http2Connection(Connection transport, ProtocolContext context)
    {
        transport.StayHere(); // streams and the compression's tables live in this process
        _parts = new ConnectionParts(transport, context, this);
        _sender = new StreamSender(_parts);
        var deadlines = new StreamDeadlines(_parts, Streams, _sender);
        _goAway = new GoAway(_parts, Streams);
        _settings = new SettingsExchange(_parts, Streams, _sender);
        _opener = new StreamOpener(_parts, Streams, _sender, deadlines, _goAway);
        _flow = new ReadingFlow(_parts, Streams, new FrameReceiver(_parts, Streams, _sender, _opener, _goAway, _settings), deadlines, _goAway);
        _halfClose = new HalfClose(_parts, Streams, _sender, deadlines);
        _close = new ConnectionClose(_parts, Streams, _flow, new HammerTime(_parts, Streams, _sender, _opener));
    }

    public StreamTable<Http2Stream> Streams { get; } = new();

    public ReceiveAccount Account => _parts.Account;

    public bool TakesRequests
    {
        get
        {
            lock (_parts.Gate) return !_goAway.IsFinal;
        }
    }

    /// <summary>Serves the connection to its end. Does not throw.</summary>
    /// <param name="upgrade">The request that asked for HTTP/2 on a connection of HTTP/1.1: it is stream 1.</param>
    public async Task<ConnectionOutcome> ServeAsync(UpgradeRequest? upgrade = null)
    {
        try
        {
            lock (_parts.Gate) Begin(upgrade);
            // Set before the flow starts: a handler in it may block this thread until the connection ends. Then another thread reads on, and ends the connection.
            var end = EndWhenReadAsync();
            _ = _flow.RunAsync(turn: 0);
            await end.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nothing above throws for what a client or a handler does.
            _parts.Context.Logger.EngineFailed(_parts.Transport.Id, exception);
            _parts.Transport.Abort();
            _close.ResetAll();
        }
        finally
        {
            lock (_parts.Gate) _parts.Budget.End();
        }
        return ConnectionOutcome.Close;
    }

    /// <remarks>Under the gate, so that no stream is used again meanwhile. What is handed out, the request, was made for its stream alone, and its name is of immutable control data.</remarks>
    public void AddRequests(RequestsUnderWay requests)
    {
        lock (_parts.Gate)
        {
            var now = _parts.Transport.Now;
            foreach (var stream in Streams.Open) requests.Add(stream.Request, now - stream.OpenedAt);
            foreach (var stream in Streams.LeftBehind) requests.Add(stream.Request, now - stream.OpenedAt);
        }
    }

    public bool TryEndAtHammerTime() => _close.TryEndAtHammerTime();

    bool? IConnectionEvents.IsActive => _flow.HasPreface ? Streams.Count > 0 : null;

    Task IConnectionEvents.ReadOnAsync(int turn) => _flow.RunAsync(turn);

    void IConnectionEvents.OnRoomMade()
    {
        _sender.Pump();
        _halfClose.DropStarved();
    }

    void IConnectionEvents.OnBroken() => _halfClose.Look();

    void IConnectionEvents.OnLastClosed()
    {
        _halfClose.Look();
        _flow.IdleSince = _parts.Transport.Now;
        // The reading flow may be waiting for the last stream of a connection that takes leave.
        if (_goAway.IsFinal) _parts.WakeReader();
    }

    private void Begin(UpgradeRequest? upgrade)
    {
        _settings.Open();
        // RFC 9113 section 9.2.2. Only where the application names the suites: by itself the server does without these.
        if (_parts.Transport.Tls is { HasStrongCipherSuite: false }) _flow.Fail(Http2Error.Connection(ErrorCode.InadequateSecurity, "The cipher suite is one that HTTP/2 prohibits."));
        if (upgrade is null) return;
        var error = _settings.Apply(new ReadOnlySequence<byte>(upgrade.Settings));
        if (!error.IsError && !_opener.TryOpen(upgrade)) error = Http2Error.Calm("The server holds as much as it can.");
        if (error.IsError) _flow.Fail(error);
    }

    private async Task EndWhenReadAsync()
    {
        await _flow.Completion.ConfigureAwait(false);
        if (_flow.HasInputEnded && !_parts.Transport.IsBroken) await _halfClose.FinishAsync().ConfigureAwait(false);
        await _close.RunAsync().ConfigureAwait(false);
    }
}
