using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Semantics;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Http1;

/// <summary>Encodes responses as HTTP/1.1 (RFC 9112), straight into the connection's output. Every response is framed in exactly one way.</summary>
internal sealed class Http1Response(Connection connection, ProtocolContext context) : ServerResponse(context.Logger)
{
    private readonly PipeWriter _output = connection.Output;
    private readonly OutputOwnership _ownership = new();
    private ExpectContinue? _expectContinue; // most connections never have one
    private Framing _framing;
    private int _minorVersion;
    private bool _isConnect;

    /// <summary>How the client tells where the body ends (RFC 9112 section 6.3).</summary>
    private enum Framing
    {
        NoBody,
        Length,
        Chunked,
        UntilClose,
    }

    /// <summary>The connection goes on after this response. Set before the head is sent to ask for the opposite.</summary>
    public bool KeepAlive { get; set; }

    /// <summary>The body of the request that is answered; null if it has none. Kept here, since a hijack takes what is left of it.</summary>
    public Http1RequestBody? RequestBody { get; set; }

    /// <summary>100 Continue, which goes before the responses.</summary>
    public ExpectContinue ExpectContinue => _expectContinue ??= new ExpectContinue(this, _ownership, _output);

    /// <summary>The body ends with the connection: a proper close would make a broken response look whole.</summary>
    public bool EndsWithConnection => IsCommitted && _framing == Framing.UntilClose;

    /// <summary>Something is in the output that was not sent yet.</summary>
    public bool HasUnflushed => _output.UnflushedBytes > 0;

    /// <summary>So much waits for a flush that nothing more should be added.</summary>
    public bool IsFull => _output.UnflushedBytes >= MaxUnflushed;

    protected override long Unflushed => _output.UnflushedBytes;

    /// <summary>Begins the response to a request.</summary>
    public void Begin(string method, int minorVersion, bool keepAlive)
    {
        _isConnect = method == "CONNECT";
        _minorVersion = minorVersion;
        KeepAlive = keepAlive;
        _framing = Framing.NoBody;
        _ownership.Reset();
        _expectContinue?.Begin(isExpected: false);
        Reset(isHead: method == "HEAD");
    }

    /// <summary>Sends earlier responses of a pipeline while this one has not begun. False if the client is gone.</summary>
    public async ValueTask<bool> FlushEarlierAsync()
    {
        if (!_ownership.TryEnter()) return true;
        try
        {
            return await FlushOutputAsync(default).ConfigureAwait(false);
        }
        finally
        {
            _ownership.Exit();
        }
    }

    /// <summary>Sends the answer to an upgrade that the server makes itself, and everything before it. False if the client is gone.</summary>
    /// <param name="answer">The whole of it: 101, which has no body.</param>
    public ValueTask<bool> SwitchProtocolsAsync(ReadOnlySpan<byte> answer)
    {
        WriteRaw(answer);
        return SendAllAsync();
    }

    /// <summary>Sends everything in the output. False if the client is gone.</summary>
    public ValueTask<bool> SendAllAsync() => FlushOutputAsync(default);

    /// <summary>Puts the server's own answer, whole, into the output, where no handler was called. The connection closes after it.</summary>
    public void WriteRejection(Rejection rejection, bool isHead)
    {
        KeepAlive = false;
        var text = Encoding.ASCII.GetBytes(rejection.Text);
        var room = _output.GetSpan(512 + text.Length);
        var rest = room.WriteStatusLine(rejection.Status).WriteDate(context)
            .Write("Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: "u8).Write(text.Length).Write("\r\n\r\n"u8);
        if (!isHead) rest = rest.Write(text);
        _output.Advance(room.Length - rest.Length);
    }

    public override HijackedConnection Hijack()
    {
        ThrowIfHijacked();
        if (StatusCode != 0 || IsCommitted) throw new InvalidOperationException("A connection can be hijacked only before anything is written.");
        BlockingWait.Wait(AcquireOutputAsync().AsTask());
        // Earlier responses of a pipeline must not wait for what the new owner may never write.
        if (HasUnflushed) BlockingWait.Wait(FlushOutputAsync(default));
        RequestBody?.GiveUp();
        IsHijacked = true;
        connection.Release();
        return new HijackedConnection(connection, context.Draining, context.DrainWait);
    }

    protected override void OnAborted()
    {
        // Nothing else is given up with it: what is in the output may be the end of an earlier response, and is sent before the connection ends.
        if (Request!.IsWriting) connection.BreakOutput();
        Request.OnAborted();
    }

    protected override void OnEnding()
    {
        if (IsShort || IsOverrun || RequestBody?.EndsConnection(context.Limits.MaxDiscardBytes) == true) KeepAlive = false;
    }

    protected override ValueTask AcquireOutputAsync() => _ownership.BeginResponseAsync();

    protected override void ReleaseOutput() => _ownership.PauseResponse();

    protected override void SendHead(in ResponseHead head)
    {
        var noFraming = _isConnect && head.Status is >= 200 and < 300;
        _framing = !head.HasBody ? Framing.NoBody
            : noFraming ? Framing.UntilClose
            : head.ContentLength >= 0 ? Framing.Length
            : _minorVersion == 0 ? Framing.UntilClose
            : Framing.Chunked;

        var size = 256 + (head.ReasonPhrase?.Length ?? 0);
        var connectionLines = false;
        foreach (ref readonly var field in head.Fields)
        {
            if (field.IsSuppressed) continue;
            size += field.Name!.Length + field.Value!.Length + 4;
            if (field.Known != KnownField.Connection) continue;
            connectionLines = true;
            if (FieldList.Has(field.Value, "close")) KeepAlive = false;
        }
        if (_framing == Framing.UntilClose || noFraming || head.Status == 101 || connection.Leave == LeaveRequest.Drain) KeepAlive = false;
        // Whether the client sends the body that it held back is not known, and so not where the next request begins (Go's expectContinueReader).
        if (_expectContinue is { IsOwed: true }) KeepAlive = false;
        // 101 changes the protocol: the handler's own Connection field says to what.
        var sendsClose = !KeepAlive && head.Status != 101;

        var room = _output.GetSpan(size);
        var rest = room.WriteStatusLine(head.Status, head.ReasonPhrase);
        if (head.AddDate) rest = rest.WriteDate(context);
        foreach (ref readonly var field in head.Fields)
        {
            if (!IsSent(field) || (field.Known == KnownField.Connection && sendsClose)) continue;
            rest = rest.WriteField(field.Name!, field.Value!);
        }
        if (head.ContentType is not null) rest = rest.WriteField("Content-Type", head.ContentType);
        if (head.ContentLength >= 0 && !noFraming)
        {
            rest = rest.Write("Content-Length: "u8).Write(head.ContentLength).Write("\r\n"u8);
        }
        else if (_framing == Framing.Chunked)
        {
            rest = rest.Write("Transfer-Encoding: chunked\r\n"u8);
        }
        if (sendsClose) rest = rest.Write("Connection: close\r\n"u8);
        else if (_minorVersion == 0 && !connectionLines && KeepAlive) rest = rest.Write("Connection: keep-alive\r\n"u8);
        rest = rest.Write("\r\n"u8);
        _output.Advance(room.Length - rest.Length);
    }

    protected override void SendInformational(int status, FieldLines header)
    {
        // A client that speaks HTTP/1.0 does not know them (RFC 9110 section 15.2).
        if (_minorVersion == 0) return;
        var size = 64;
        foreach (ref readonly var field in header.Fields)
            if (!field.IsSuppressed) size += field.Name!.Length + field.Value!.Length + 4;

        var room = _output.GetSpan(size);
        var rest = room.WriteStatusLine(status);
        foreach (ref readonly var field in header.Fields)
        {
            if (IsSentInAdvance(field)) rest = rest.WriteField(field.Name!, field.Value!);
        }
        rest = rest.Write("\r\n"u8);
        _output.Advance(room.Length - rest.Length);
    }

    protected override void SendBody(ReadOnlySpan<byte> data)
    {
        if (_framing == Framing.Chunked) _output.BeginChunk(data.Length);
        WriteRaw(data);
        if (_framing == Framing.Chunked) _output.EndChunk();
    }

    protected override async ValueTask<bool> SendBodyAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (_framing == Framing.Chunked) _output.BeginChunk(data.Length);
        try
        {
            return !(await _output.WriteAsync(data, cancellationToken).ConfigureAwait(false)).IsCompleted;
        }
        finally
        {
            // Also after a cancel: the data is then in the output, and the handler may go on.
            if (_framing == Framing.Chunked) _output.EndChunk();
        }
    }

    protected override Task SendFileBodyAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken) => FileBody.For(_output, file, length, _framing == Framing.Chunked) is { } body
        ? Checked(body.SendAsync(offset, length, cancellationToken))
        : base.SendFileBodyAsync(file, offset, length, cancellationToken);

    protected override void SendEnd(FieldLines? trailers)
    {
        if (_framing != Framing.Chunked) return;
        if (trailers is null)
        {
            WriteRaw("0\r\n\r\n"u8);
            return;
        }
        var size = 8;
        foreach (ref readonly var field in trailers.Fields) size += field.Name!.Length + field.Value!.Length + 4;
        var room = _output.GetSpan(size);
        var rest = room.Write("0\r\n"u8);
        foreach (ref readonly var field in trailers.Fields) rest = rest.WriteField(field.Name!, field.Value!);
        rest = rest.Write("\r\n"u8);
        _output.Advance(room.Length - rest.Length);
    }

    protected override ValueTask<bool> FlushOutputAsync(CancellationToken cancellationToken)
    {
        var flush = _output.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? new ValueTask<bool>(!flush.Result.IsCompleted) : Await(flush);

        static async ValueTask<bool> Await(ValueTask<FlushResult> flush) => !(await flush.ConfigureAwait(false)).IsCompleted;
    }

    private void WriteRaw(ReadOnlySpan<byte> bytes) => _output.Write(bytes);
}
