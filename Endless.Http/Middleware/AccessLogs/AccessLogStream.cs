namespace Endless.Http;

/// <summary>Lines to a stream of the application's.</summary>
internal sealed class AccessLogStream(Stream stream) : IAccessLogSink
{
    public bool TryWrite(ReadOnlySpan<byte> lines)
    {
        stream.Write(lines);
        stream.Flush();
        return true;
    }

    public void Reopen() { }

    public void Dispose() { }
}
