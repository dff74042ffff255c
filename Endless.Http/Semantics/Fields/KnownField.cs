using System.Text;

namespace Endless.Http.Semantics;

/// <summary>The fields that the server itself reads or writes: those that frame messages and rule the connection.</summary>
internal enum KnownField : byte
{
    /// <summary>A field of the application.</summary>
    Other,
    Host,
    Date,
    Expect,
    Trailer,
    Upgrade,
    Connection,
    KeepAlive,
    ContentType,
    ContentLength,
    ContentEncoding,
    ProxyConnection,
    TransferEncoding,
}

/// <summary>Recognises <see cref="KnownField"/>s by name.</summary>
internal static class KnownFields
{
    /// <summary>Which field a name as received stands for.</summary>
    public static KnownField Recognise(ReadOnlySpan<byte> name)
    {
        // By length and first letter at most one is left to compare with. Setting the bit that makes a letter small turns no other tchar into one of these.
        return (name.Length, name.IsEmpty ? 0 : name[0] | 0x20) switch
        {
            (4, 'h') => Match(name, "Host"u8, KnownField.Host),
            (4, 'd') => Match(name, "Date"u8, KnownField.Date),
            (6, 'e') => Match(name, "Expect"u8, KnownField.Expect),
            (7, 't') => Match(name, "Trailer"u8, KnownField.Trailer),
            (7, 'u') => Match(name, "Upgrade"u8, KnownField.Upgrade),
            (10, 'c') => Match(name, "Connection"u8, KnownField.Connection),
            (10, 'k') => Match(name, "Keep-Alive"u8, KnownField.KeepAlive),
            (12, 'c') => Match(name, "Content-Type"u8, KnownField.ContentType),
            (14, 'c') => Match(name, "Content-Length"u8, KnownField.ContentLength),
            (16, 'c') => Match(name, "Content-Encoding"u8, KnownField.ContentEncoding),
            (16, 'p') => Match(name, "Proxy-Connection"u8, KnownField.ProxyConnection),
            (17, 't') => Match(name, "Transfer-Encoding"u8, KnownField.TransferEncoding),
            _ => KnownField.Other,
        };
    }

    private static KnownField Match(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known, KnownField field) => Ascii.EqualsIgnoreCase(name, known) ? field : KnownField.Other;

    /// <summary>Which field a name given by a handler stands for.</summary>
    public static KnownField Recognise(string name)
    {
        // The two that handlers set most, spelled as they mostly are.
        if (name == "Content-Type") return KnownField.ContentType;
        if (name == "Content-Length") return KnownField.ContentLength;
        // 17 is the longest name above. A character that is not ASCII is never part of a valid name.
        if (name.Length is < 4 or > 17) return KnownField.Other;
        Span<byte> bytes = stackalloc byte[17];
        return Ascii.FromUtf16(name, bytes, out var length) == System.Buffers.OperationStatus.Done ? Recognise(bytes[..length]) : KnownField.Other;
    }
}
