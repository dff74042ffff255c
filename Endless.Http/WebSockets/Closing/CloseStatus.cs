using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Endless.Http.WebSockets;

/// <summary>A code and a reason, as a Close frame has them (RFC 6455 section 5.5.1).</summary>
internal sealed record CloseStatus(int Code, string Reason)
{
    /// <summary>Bytes of UTF-8 that a reason may have: what a control frame holds beside the code.</summary>
    public const int MaxReasonBytes = FrameHead.MaxControlPayload - sizeof(ushort);

    /// <summary>The connection ended without a Close frame.</summary>
    public static readonly CloseStatus Abnormal = new(WebSocketCloseCodes.Abnormal, "");

    /// <summary>Of a Close frame without a code.</summary>
    public static readonly CloseStatus None = new(WebSocketCloseCodes.NoStatus, "");

    /// <summary>What a client's Close frame says; what is wrong with that, in its place.</summary>
    /// <param name="payload">Of the frame.</param>
    /// <param name="mistake">The status is what it is answered with.</param>
    public static CloseStatus Parse(ReadOnlySpan<byte> payload, out bool mistake)
    {
        mistake = false;
        if (payload.IsEmpty) return None;
        mistake = true;
        if (payload.Length == 1) return new(WebSocketCloseCodes.ProtocolError, "A close code has two bytes.");
        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!WebSocketCloseCodes.MayBeSent(code)) return new(WebSocketCloseCodes.ProtocolError, "A close code is not one that may be sent.");
        var reason = payload[sizeof(ushort)..];
        if (!Utf8.IsValid(reason)) return new(WebSocketCloseCodes.InvalidPayload, "A close reason is not UTF-8.");
        mistake = false;
        return new(code, Encoding.UTF8.GetString(reason));
    }

    /// <summary>Writes the payload of a Close frame; empty for a status that is never sent. Returns its length.</summary>
    public int Write(Span<byte> room)
    {
        if (!WebSocketCloseCodes.MayBeSent(Code)) return 0;
        BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)Code);
        return sizeof(ushort) + Encoding.UTF8.GetBytes(Reason, room[sizeof(ushort)..]);
    }
}
