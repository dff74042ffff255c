using System.Text;

namespace Endless.Http.Messages;

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
        switch (name.Length)
        {
            case 4:
                if (Ascii.EqualsIgnoreCase(name, "Host"u8)) return KnownField.Host;
                if (Ascii.EqualsIgnoreCase(name, "Date"u8)) return KnownField.Date;
                break;
            case 6:
                if (Ascii.EqualsIgnoreCase(name, "Expect"u8)) return KnownField.Expect;
                break;
            case 7:
                if (Ascii.EqualsIgnoreCase(name, "Trailer"u8)) return KnownField.Trailer;
                if (Ascii.EqualsIgnoreCase(name, "Upgrade"u8)) return KnownField.Upgrade;
                break;
            case 10:
                if (Ascii.EqualsIgnoreCase(name, "Connection"u8)) return KnownField.Connection;
                if (Ascii.EqualsIgnoreCase(name, "Keep-Alive"u8)) return KnownField.KeepAlive;
                break;
            case 12:
                if (Ascii.EqualsIgnoreCase(name, "Content-Type"u8)) return KnownField.ContentType;
                break;
            case 14:
                if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8)) return KnownField.ContentLength;
                break;
            case 16:
                if (Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8)) return KnownField.ContentEncoding;
                if (Ascii.EqualsIgnoreCase(name, "Proxy-Connection"u8)) return KnownField.ProxyConnection;
                break;
            case 17:
                if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8)) return KnownField.TransferEncoding;
                break;
        }
        return KnownField.Other;
    }

    /// <summary>Which field a name given by a handler stands for.</summary>
    public static KnownField Recognise(string name)
    {
        // 17 is the longest name above. A character that is not ASCII is never part of a valid name.
        if (name.Length is < 4 or > 17) return KnownField.Other;
        Span<byte> bytes = stackalloc byte[17];
        return Ascii.FromUtf16(name, bytes, out var length) == System.Buffers.OperationStatus.Done ? Recognise(bytes[..length]) : KnownField.Other;
    }
}
