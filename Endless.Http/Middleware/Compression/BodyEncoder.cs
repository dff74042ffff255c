namespace Endless.Http;

/// <summary>Encodes one body after the other with a content coding. For one flow.</summary>
internal abstract class BodyEncoder : IDisposable
{
    /// <summary>It can encode another body when it has finished one.</summary>
    public virtual bool IsReusable => false;

    /// <summary>Takes a part of the body; what comes of it may come later.</summary>
    public abstract void Encode(ReadOnlySpan<byte> data, EncodedBody output);

    /// <summary>Gives what was taken so far, so that a client can decode it.</summary>
    public abstract void Flush(EncodedBody output);

    /// <summary>Gives the rest.</summary>
    public abstract void Finish(EncodedBody output);

    public abstract void Dispose();
}
