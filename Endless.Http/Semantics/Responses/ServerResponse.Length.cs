namespace Endless.Http.Semantics;

// What was promised of a body's length, and what was written of it.
internal abstract partial class ServerResponse
{
    private long _written;

    /// <summary>The handler declared a Content-Length and wrote less: what was sent is not a whole message.</summary>
    public bool IsShort => _head.Declared > _written && !_isHead && _head.AllowsBody;

    /// <summary>Bytes of the body that went to the connection, or are about to: none for HEAD and where the status has none. Until the next response begins.</summary>
    public long BodyBytes => _isHead || !_head.AllowsBody ? 0 : _written;

    /// <summary>Checks a write against what was promised, and counts it. False if its bytes go nowhere.</summary>
    private bool Admit(long length)
    {
        ThrowIfEnded();
        if (IsBroken) ThrowBroken();
        if (_head.Status == 0) WriteHeader(FinalStatus);
        if (length == 0) return false;
        if (!_head.AllowsBody) throw new InvalidOperationException($"A response with status {_head.Status} has no body, and the handler of {Request!.Name} writes one.");
        if (_head.Declared >= 0 && length > _head.Declared - _written)
        {
            if (!IsOverrun) logger.LongBody(Request!, _head.Declared);
            IsOverrun = true;
            throw new InvalidOperationException($"The handler of {Request!.Name} declared a Content-Length of {_head.Declared} and writes more.");
        }
        _written += length;
        return !(IsCommitted && _isHead);
    }
}
