namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>A stream as RFC 9113 section 5.1 has it, seen by the client: what each side has sent.</summary>
internal sealed class StreamModel(int id, long window, long sendWindow)
{
    public int Id => id;

    /// <summary>The client sent END_STREAM.</summary>
    public bool ClientEnded { get; set; }

    /// <summary>The server sent END_STREAM.</summary>
    public bool ServerEnded { get; set; }

    public bool ResetByClient { get; set; }

    public bool ResetByServer { get; set; }

    /// <summary>Behind the last stream of the server's GOAWAY: nobody serves it (section 6.8).</summary>
    public bool IsIgnored { get; init; }

    public bool IsClosed => ResetByClient || ResetByServer || IsIgnored || (ClientEnded && ServerEnded);

    /// <summary>Neither closed nor behind the client's END_STREAM.</summary>
    public bool TakesFrames => !IsClosed && !ClientEnded;

    /// <summary>Octets of DATA that the client may send.</summary>
    public long Window { get; set; } = window;

    /// <summary>Octets of DATA that the server may send.</summary>
    public long SendWindow { get; set; } = sendWindow;

    /// <summary>When DATA came last, or the stream was opened: <see cref="ConnectionModel.Now"/>.</summary>
    public long ServedAt { get; set; }

    /// <summary>The request's Content-Length; -1 for none.</summary>
    public long Declared { get; init; } = -1;

    /// <summary>Octets of the request's body that were sent.</summary>
    public long Sent { get; set; }

    public bool IsHead { get; init; }

    /// <summary>The response's final status; 0 before that.</summary>
    public int Status { get; set; }

    /// <summary>The response's Content-Length; -1 for none.</summary>
    public long ResponseLength { get; set; } = -1;

    /// <summary>Octets of the response's body.</summary>
    public long Received { get; set; }

    /// <summary>What the handler does; null if none was called.</summary>
    public Script? Script { get; set; }

    /// <summary>The response has no content (RFC 9110 section 6.4.1).</summary>
    public bool IsBodiless => IsHead || Status is 204 or 304;
}

/// <summary>What the handler of a stream has done so far.</summary>
internal sealed class Script
{
    /// <summary>It has returned.</summary>
    public bool IsDone { get; set; }

    /// <summary>It threw, or declared another length than it wrote: the response may be cut short with INTERNAL_ERROR.</summary>
    public bool IsBroken { get; set; }

    public int Status { get; set; } = 200;

    /// <summary>Octets given to the response.</summary>
    public long Written { get; set; }
}
