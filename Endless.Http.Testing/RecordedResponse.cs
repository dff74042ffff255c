using Endless.Http.Semantics;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Testing;

/// <summary>A response of the server's, put down in place of being sent.</summary>
internal sealed class RecordedResponse(ILogger logger) : ServerResponse(logger)
{
    private readonly MemoryStream _body = new();
    private bool _sendsInterim;

    /// <summary>The fields of the head that was sent.</summary>
    public Header SentHeader { get; } = [];

    /// <summary>The fields that were sent behind the body.</summary>
    public Header SentTrailers { get; } = [];

    /// <summary>The interim responses that were sent, with their fields.</summary>
    public List<InterimResponse> Interim { get; } = [];

    /// <summary>The status of the head that was sent; 0 before.</summary>
    public int SentStatus { get; private set; }

    /// <summary>The handler has flushed.</summary>
    public bool IsFlushed { get; private set; }

    /// <summary>The body that was sent.</summary>
    public byte[] Body => _body.ToArray();

    protected override long Unflushed => 0;

    public override HijackedConnection Hijack() =>
        throw new InvalidOperationException("There is no connection to take over from a recorder: test a handler that hijacks with a TestServer.");

    protected override void OnAborted() => Request!.OnAborted();

    protected override void SendHead(in ResponseHead head)
    {
        SentStatus = head.Status;
        foreach (ref readonly var field in head.Fields)
            if (IsSent(field)) SentHeader.Add(field.Name!, field.Value!);
        if (head.ContentType is not null) SentHeader.Add("Content-Type", head.ContentType);
        if (head.ContentLength >= 0) SentHeader.Set("Content-Length", head.ContentLength.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    protected override void SendInformational(int status, FieldLines header)
    {
        var sent = new Header();
        foreach (ref readonly var field in header.Fields)
            if (FixedHead.IsSentInAdvance(field)) sent.Add(field.Name!, field.Value!);
        Interim.Add(new InterimResponse(status, sent));
        _sendsInterim = true;
    }

    protected override void SendBody(ReadOnlySpan<byte> data) => _body.Write(data);

    protected override ValueTask<bool> SendBodyAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        SendBody(data.Span);
        return new(true);
    }

    protected override void SendEnd(FieldLines? trailers)
    {
        if (trailers is null) return;
        foreach (ref readonly var field in trailers.Fields) SentTrailers.Add(field.Name!, field.Value!);
    }

    protected override ValueTask<bool> FlushOutputAsync(CancellationToken cancellationToken)
    {
        if (!_sendsInterim) IsFlushed = true;
        _sendsInterim = false;
        return new(true);
    }
}
