using System.Text;

namespace Endless.Http;

/// <summary>Lines to a text writer of the application's.</summary>
internal sealed class AccessLogText(TextWriter writer) : IAccessLogSink
{
    public bool TryWrite(ReadOnlySpan<byte> lines)
    {
        writer.Write(Encoding.UTF8.GetString(lines));
        writer.Flush();
        return true;
    }

    public void Reopen() { }

    public void Dispose() { }
}
