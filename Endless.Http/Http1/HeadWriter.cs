using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>Writes a head into room that was asked for large enough: the checks of the span's bounds are the only ones. And what is around the chunks of a body.</summary>
/// <remarks>Each call returns the room that is left. A span travels in registers; a writer that kept its position in memory cost a tenth of a pipelined request.</remarks>
internal static class HeadWriter
{
    public static Span<byte> Write(this Span<byte> room, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(room);
        return room[bytes.Length..];
    }

    public static Span<byte> Write(this Span<byte> room, long number)
    {
        Utf8Formatter.TryFormat(number, room, out var written);
        return room[written..];
    }

    public static Span<byte> WriteStatusLine(this Span<byte> room, int status, string? reason = null)
    {
        if (status == 200 && reason is null) return room.Write("HTTP/1.1 200 OK\r\n"u8);
        // The space stays where there is no phrase (RFC 9112 section 4).
        room = room.Write("HTTP/1.1 "u8).Write(status).Write(" "u8);
        room = reason is null ? room.Write(ReasonPhrase.Of(status)) : room[Encoding.Latin1.GetBytes(reason, room)..];
        return room.Write("\r\n"u8);
    }

    /// <summary>The Date field's line.</summary>
    public static Span<byte> WriteDate(this Span<byte> room, ProtocolContext context) => room.Write(context.Date.Current);

    /// <summary>A field line. Name and value were checked when the handler gave them: each character is one byte.</summary>
    public static Span<byte> WriteField(this Span<byte> room, string name, string value)
    {
        room = room[Encoding.Latin1.GetBytes(name, room)..].Write(": "u8);
        return room[Encoding.Latin1.GetBytes(value, room)..].Write("\r\n"u8);
    }

    /// <summary>What stands before so many bytes of a chunk (RFC 9112 section 7.1).</summary>
    public static void BeginChunk(this PipeWriter output, int length)
    {
        var span = output.GetSpan(10);
        Utf8Formatter.TryFormat(length, span, out var written, new StandardFormat('x'));
        span[written++] = (byte)'\r';
        span[written++] = (byte)'\n';
        output.Advance(written);
    }

    /// <summary>What stands behind them.</summary>
    public static void EndChunk(this PipeWriter output) => output.Write("\r\n"u8);
}
