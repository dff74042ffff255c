using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Tests.Attack;

/// <summary>HTTP/2 as an attacker writes it: RFC 9113 frames and RFC 7541 literals, with nothing checked.</summary>
internal static class AttackFrames
{
    public const byte Data = 0, Headers = 1, RstStream = 3, Settings = 4, Ping = 6, WindowUpdate = 8;

    public const byte EndStream = 1, Ack = 1, EndHeaders = 4, Padded = 8;

    private const ushort InitialWindowSize = 4;

    /// <summary>The connection preface, with an initial window for streams.</summary>
    public static byte[] Preface(uint window) => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Windows(1, window)];

    /// <summary>A SETTINGS frame that says so many times what the initial window is: one less each time.</summary>
    public static byte[] Windows(int count, uint window)
    {
        var payload = new byte[6 * count];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * i), InitialWindowSize);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(6 * i + 2), window - (uint)i);
        }
        return Frame(Settings, 0, 0, payload);
    }

    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    /// <summary>A GET without a body.</summary>
    public static byte[] Get(int stream, string path, ReadOnlySpan<byte> more = default) =>
        Frame(Headers, EndStream | EndHeaders, stream, [.. Start(path), .. more]);

    /// <summary>:method GET, :scheme http, :path, :authority, none of them entered into the dynamic table.</summary>
    public static byte[] Start(string path) => [0x82, 0x86, .. Literal(4, path), .. Literal(1, "a")];

    /// <summary>A literal without indexing whose name is an entry of a table.</summary>
    public static byte[] Literal(int name, string value) => [.. Integer(name, 4, 0), .. Text(value)];

    /// <summary>A literal with incremental indexing (RFC 7541 section 6.2.1).</summary>
    public static byte[] Indexed(string name, string value) => [0x40, .. Text(name), .. Text(value)];

    /// <summary>An integer with a prefix of so many bits (RFC 7541 section 5.1).</summary>
    public static byte[] Integer(int value, int prefix, byte first)
    {
        var most = (1 << prefix) - 1;
        if (value < most) return [(byte)(first | value)];
        var bytes = new List<byte> { (byte)(first | most) };
        for (value -= most; value >= 128; value >>= 7) bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Text(string text) => [.. Integer(text.Length, 7, 0), .. Encoding.Latin1.GetBytes(text)];
}
