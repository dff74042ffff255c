using System.Text;
using Microsoft.Extensions.Logging;

namespace Endless.Http;

/// <summary>Lines as events of a logger.</summary>
internal sealed partial class AccessLogEvents(ILogger logger) : IAccessLogSink
{
    public bool TryWrite(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf((byte)'\n') is var end and >= 0)
        {
            Request(logger, Encoding.UTF8.GetString(lines[..end]));
            lines = lines[(end + 1)..];
        }
        return true;
    }

    public void Reopen() { }

    public void Dispose() { }

    [LoggerMessage(190, LogLevel.Information, "{Line}")]
    private static partial void Request(ILogger logger, string line);
}
