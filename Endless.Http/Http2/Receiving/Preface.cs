using System.Buffers;

namespace Endless.Http.Http2;

/// <summary>The 24 octets with which an HTTP/2 client begins (RFC 9113 section 3.4).</summary>
internal static class Preface
{
    /// <summary>Octets of the preface.</summary>
    public const int Length = 24;

    public static ReadOnlySpan<byte> Octets => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>
    /// Looks at the unread octets of a new connection: true if they are the preface, false if they cannot be, null if more must arrive
    /// before that is known. A request of HTTP/1 is told after four octets at most: RFC 9113 reserves the method <c>PRI</c>.
    /// </summary>
    public static bool? Recognize(in ReadOnlySequence<byte> unread)
    {
        var position = 0;
        foreach (var memory in unread)
        {
            var span = memory.Span;
            var count = Math.Min(span.Length, Length - position);
            if (!Octets.Slice(position, count).SequenceEqual(span[..count])) return false;
            position += count;
            if (position == Length) return true;
        }
        return null;
    }
}
