using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>What the Connection fields of a message say of the connection (RFC 9110 section 7.6.1); other options mean nothing to this server.</summary>
internal struct ConnectionOptions
{
    /// <summary>The connection ends with this message.</summary>
    public bool Close { get; private set; }

    /// <summary>It goes on, which HTTP/1.0 has to say.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Adds the options of one field line.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        foreach (var option in FieldList.Elements(value))
        {
            Close |= Ascii.EqualsIgnoreCase(option, "close"u8);
            KeepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
        }
    }
}
