using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Sessions;

/// <summary>
/// A session as it is saved: the format (1 byte), when it was made and when it was saved (8 each, in seconds of Unix time), the id (1 for its length), then keys (2 for the length) and values (4 for the length).
/// </summary>
internal static class SessionText
{
    private const byte Format = 1;
    private const int FixedLength = 1 + sizeof(long) + sizeof(long) + 1;

    /// <summary>Bytes of a session without values.</summary>
    public static int EmptyLength(string id) => FixedLength + id.Length;

    /// <summary>Bytes that a value adds.</summary>
    public static int LengthOf(string key, ReadOnlySpan<byte> value) => sizeof(ushort) + Encoding.UTF8.GetByteCount(key) + sizeof(int) + value.Length;

    public static void Write(Span<byte> bytes, long made, long saved, string id, List<KeyValuePair<string, byte[]>> values)
    {
        bytes[0] = Format;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], made);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], saved);
        bytes[17] = (byte)id.Length;
        bytes = bytes[FixedLength..];
        bytes = bytes[Encoding.ASCII.GetBytes(id, bytes)..];
        foreach (var (key, value) in values)
        {
            var length = Encoding.UTF8.GetBytes(key, bytes[sizeof(ushort)..]);
            BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)length);
            bytes = bytes[(sizeof(ushort) + length)..];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value.Length);
            value.CopyTo(bytes[sizeof(int)..]);
            bytes = bytes[(sizeof(int) + value.Length)..];
        }
    }

    /// <summary>Takes what was saved apart. False if it is no such thing: a store may hold anything.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out long made, out long saved, out string id, List<KeyValuePair<string, byte[]>> values)
    {
        (made, saved, id) = (0, 0, "");
        if (bytes.Length < FixedLength || bytes[0] != Format || bytes.Length < FixedLength + bytes[17]) return false;
        made = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        saved = BinaryPrimitives.ReadInt64BigEndian(bytes[9..]);
        id = Encoding.ASCII.GetString(bytes.Slice(FixedLength, bytes[17]));
        bytes = bytes[(FixedLength + bytes[17])..];
        while (!bytes.IsEmpty)
        {
            if (!TryTake(ref bytes, sizeof(ushort), out var key) || !TryTake(ref bytes, sizeof(int), out var value)) return false;
            values.Add(new(Encoding.UTF8.GetString(key), value.ToArray()));
        }
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int prefix, out ReadOnlySpan<byte> item)
    {
        item = default;
        if (bytes.Length < prefix) return false;
        var length = prefix == sizeof(ushort) ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (length < 0 || length > bytes.Length - prefix) return false;
        item = bytes.Slice(prefix, length);
        bytes = bytes[(prefix + length)..];
        return true;
    }
}
