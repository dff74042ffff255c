using System.Text;

namespace Endless.Http.Semantics;

/// <summary>The line <c>Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n</c> (RFC 9110 section 6.6.1), made once a second by whoever first needs it.</summary>
/// <remarks>Thread-safe: the line and the time until which it holds travel in one reference; two threads may both make the same new line, to no harm.</remarks>
internal sealed class DateHeader
{
    private Line _current = new("", [], 0);

    /// <summary>The whole line with its CRLF, right to the second.</summary>
    public ReadOnlySpan<byte> Current => Now().Bytes;

    /// <summary>The value alone: the same string for a second.</summary>
    public string Value => Now().Value;

    private Line Now()
    {
        var line = Volatile.Read(ref _current);
        return Environment.TickCount64 < line.ValidUntil ? line : Renew();
    }

    private Line Renew()
    {
        var now = DateTime.UtcNow;
        var value = now.ToString("R");
        var line = new Line(value, Encoding.ASCII.GetBytes($"Date: {value}\r\n"), Environment.TickCount64 + 1000 - now.Millisecond);
        Volatile.Write(ref _current, line);
        return line;
    }

    private sealed record Line(string Value, byte[] Bytes, long ValidUntil);
}
