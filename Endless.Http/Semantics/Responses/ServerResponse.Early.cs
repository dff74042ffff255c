namespace Endless.Http.Semantics;

// How a response ends before its handler is done: whole, or given up with a code of the protocol's.
internal abstract partial class ServerResponse
{
    /// <summary>The response has been ended: nothing of it follows.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether a type is guessed for a body whose handler names none, as Go does.</summary>
    public bool GuessesType { get; set; }

    /// <summary>Whether a 304 (Not Modified) has the Content-Type and the Content-Length that its handler set. Go leaves them out, since the client has them (RFC 9110 section 15.4.5); ASP.NET Core sends them.</summary>
    public bool DescribesUnchanged { get; set; }

    /// <summary>What HTTP/1 says behind the status, in the place of the standard's; null for that.</summary>
    public string? ReasonPhrase { get; set; }

    /// <summary>The protocol can give one request up and tell the client why (HTTP/2's RST_STREAM).</summary>
    public virtual bool CanReset => false;

    /// <summary>Ends the response while its handler goes on. The whole of it is in the output then; <see cref="FlushAsync"/> has it sent, or the engine when the handler is done.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public async ValueTask EndAsync()
    {
        if (IsFinished) return;
        if (HasPendingBody) await WritePendingAsync().ConfigureAwait(false);
        if (_head.Status == 0 && OwesStart) await StartBeforeWriteAsync().ConfigureAwait(false);
        Admit(0);
        if (!IsCommitted) await AcquireOutputAsync().ConfigureAwait(false);
        OnEnding();
        Finish();
    }

    /// <summary>Gives the response up as <see cref="Abort"/> does, and tells the client a code.</summary>
    public virtual void GiveUp(uint errorCode) => throw new NotSupportedException("HTTP/1 has no codes by which a response is given up.");

    /// <summary>The response is about to be ended before its handler is: what is left of the request is not known yet.</summary>
    protected virtual void OnEnding() { }
}
