using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Sessions;

/// <summary>Sessions of a <see cref="MemorySessionStore"/> on their way to the next generation: of each the id (1 byte for its length), when it was saved and when it ends (8 each), and the data (4 for its length).</summary>
internal static class PassedSessions
{
    /// <summary>Bytes that are passed on: all that a program passes on has 1 MiB (<see cref="EndlessProcess.PassOn"/>).</summary>
    public const int MaxBytes = 768 * 1024;

    private const int FixedLength = 1 + sizeof(long) + sizeof(long) + sizeof(int);

    /// <summary>Adds one. False if there is no room for it.</summary>
    public static bool TryAdd(StoredSession session, Span<byte> bytes, ref int length)
    {
        var needed = FixedLength + session.Id.Length + session.Data.Length;
        if (session.Id.Length > byte.MaxValue || needed > bytes.Length - length) return false;
        bytes = bytes[length..];
        bytes[0] = (byte)session.Id.Length;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], session.Saved);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], session.Ends);
        BinaryPrimitives.WriteInt32BigEndian(bytes[17..], session.Data.Length);
        Encoding.ASCII.GetBytes(session.Id, bytes[FixedLength..]);
        session.Data.Span.CopyTo(bytes[(FixedLength + session.Id.Length)..]);
        length += needed;
        return true;
    }

    /// <summary>Takes the next; false at the end, and where the rest is none: another version may have written it.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out StoredSession session)
    {
        session = null!;
        if (bytes.Length < FixedLength) return false;
        var (id, data) = (bytes[0], BinaryPrimitives.ReadInt32BigEndian(bytes[17..]));
        if (data < 0 || data > bytes.Length - FixedLength - id) return false;
        session = new StoredSession(
            Encoding.ASCII.GetString(bytes.Slice(FixedLength, id)),
            bytes.Slice(FixedLength + id, data).ToArray(),
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[9..]));
        bytes = bytes[(FixedLength + id + data)..];
        return true;
    }
}
