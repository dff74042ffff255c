using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>Encodes a response as frames on its stream (RFC 9113 section 8.1). Every method but the private ones that are under it enters the connection's gate; none calls out from inside.</summary>
internal sealed class Http2Response(StreamCore stream, ConnectionParts parts, StreamSender sender) : ServerResponse(parts.Context.Logger)
{
    private Frames.ErrorCode _errorCode = Frames.ErrorCode.InternalError;

    protected override long Unflushed
    {
        get
        {
            // A stream that was cut short takes no more: the flush that follows tells the handler.
            lock (parts.Gate) return stream.IsReset ? long.MaxValue : stream.Unsent.Length;
        }
    }

    /// <summary>Sends 100 Continue (RFC 9110 section 15.2.1), unless the handler already chose a status: then the client is not told to go on. False if it was not sent.</summary>
    public bool TrySendContinue()
    {
        lock (parts.Gate)
        {
            if (StatusCode != 0 || stream.IsClosed) return false;
            sender.Encoder.Begin();
            sender.Encoder.AddStatus(100);
            sender.SendHeaders(stream, endStream: false);
        }
        parts.Output.Flush();
        return true;
    }

    public override HijackedConnection Hijack() =>
        throw new InvalidOperationException("A connection that carries many requests cannot be hijacked by one: this request came over HTTP/2.");

    public override bool CanReset => true;

    public override void GiveUp(uint errorCode)
    {
        _errorCode = (Frames.ErrorCode)errorCode;
        Abort();
    }

    protected override void OnAborted()
    {
        lock (parts.Gate)
        {
            // Also behind a whole response: what is left of the request is given up with it (gRPC's CANCELLED and deadlines).
            if (!stream.IsClosed) stream.ResetHere(_errorCode);
            _errorCode = Frames.ErrorCode.InternalError;
        }
        parts.FlushSoon();
    }

    protected override string? RefusesUpgrade => "HTTP/2 has no 101 (RFC 9113 section 8.6): this request came over HTTP/2, which is not left for another protocol.";

    protected override void SendWhole(in ResponseHead head, ReadOnlySpan<byte> body, FieldLines? trailers)
    {
        // In the gate once, as nearly every response is: entering it costs a tenth of what the rest does.
        lock (parts.Gate)
        {
            Send(head);
            if (!body.IsEmpty) Send(body);
            End(trailers);
        }
    }

    protected override void SendHead(in ResponseHead head)
    {
        lock (parts.Gate) Send(head);
    }

    protected override void SendInformational(int status, FieldLines header)
    {
        lock (parts.Gate)
        {
            if (stream.IsClosed) return;
            var encoder = sender.Encoder;
            encoder.Begin();
            encoder.AddStatus(status);
            foreach (ref readonly var field in header.Fields)
                if (FixedHead.IsSentInAdvance(field) && !IsConnectionSpecific(field)) encoder.Add(field.Name!, field.Value!);
            sender.SendHeaders(stream, endStream: false);
        }
    }

    protected override void SendBody(ReadOnlySpan<byte> data)
    {
        lock (parts.Gate) Send(data);
    }

    protected override ValueTask<bool> SendBodyAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        lock (parts.Gate)
        {
            if (stream.IsClosed || stream.IsLocalEnded) return new(!stream.IsReset);
            sender.SendBorrowed(stream, data);
        }
        return FlushOutputAsync(cancellationToken);
    }

    protected override void SendEnd(FieldLines? trailers)
    {
        lock (parts.Gate) End(trailers);
    }

    protected override ValueTask<bool> FlushOutputAsync(CancellationToken cancellationToken)
    {
        // The flush often makes room for all that is left, so only afterwards is it known whether there is anything to wait for.
        parts.Output.Flush();
        ValueTask<bool> wait;
        lock (parts.Gate)
        {
            if (stream.IsReset) return new(false);
            if (stream.Unsent.Length == 0) return new(true);
            wait = stream.Wait.Begin();
        }
        if (cancellationToken.CanBeCanceled) stream.Wait.CancelBy(cancellationToken, static response => ((Http2Response)response!).CancelWait(), this);
        return wait;
    }

    // RFC 9113 section 8.2.2.
    private static bool IsConnectionSpecific(in FieldLine field) => field.Known is
        KnownField.Connection or KnownField.KeepAlive or KnownField.ProxyConnection or KnownField.TransferEncoding or KnownField.Upgrade;

    /// <summary>Sends the head. Under the gate, as the next two.</summary>
    private void Send(in ResponseHead head)
    {
        if (stream.IsClosed) return;
        var encoder = sender.Encoder;
        encoder.Begin();
        encoder.AddStatus(head.Status);
        if (head.AddDate) encoder.Add("date", parts.Context.Date.Value);
        foreach (ref readonly var field in head.Fields)
            if (IsSent(field) && !IsConnectionSpecific(field)) encoder.Add(field.Name!, field.Value!);
        if (head.ContentType is not null) encoder.Add("content-type", head.ContentType);
        if (head.ContentLength >= 0) encoder.AddContentLength(head.ContentLength);
        sender.SendHeaders(stream, head.IsWhole);
        stream.IsHeadSent = true;
        if (head.IsWhole) stream.EndLocal();
    }

    private void Send(ReadOnlySpan<byte> data)
    {
        if (stream.IsClosed || stream.IsLocalEnded) return;
        sender.Send(stream, data);
    }

    private void End(FieldLines? trailers)
    {
        if (stream.IsClosed || stream.IsLocalEnded) return;
        // The head promised more: an END_STREAM would make a broken response look whole.
        if (IsShort) stream.ResetHere(Frames.ErrorCode.InternalError);
        else sender.End(stream, trailers);
    }

    private void CancelWait()
    {
        lock (parts.Gate)
        {
            if (!stream.Wait.TryEnd()) return;
            // Use after free: the handler may reuse its memory after the cancel.
            stream.Unsent.KeepBorrowed();
        }
        stream.Wait.Cancel();
    }
}
