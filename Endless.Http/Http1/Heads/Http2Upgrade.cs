using System.Buffers;
using System.Buffers.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// <c>Upgrade: h2c</c> (RFC 7540 section 3.2). Request smuggling: a proxy in front that passes it on is blind to what follows, so that it is taken up only where <see cref="EndlessServer.UnencryptedHttp2Upgrade"/>
/// says so; RFC 9113 has dropped it. A server may always ignore it, and so what is not quite right is served over HTTP/1.1.
/// </summary>
internal static class Http2Upgrade
{
    /// <summary>The answer before the first frame.</summary>
    public static ReadOnlySpan<byte> SwitchingProtocols => "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"u8;

    /// <summary>What the request asks for; null if it does not ask, or not rightly. Its body would have to be read first, so it may have none.</summary>
    public static UpgradeRequest? Read(RequestHead head, FieldLines header)
    {
        if (head.MinorVersion == 0 || head.ContentLength != 0 || head.ExpectsContinue || head.Method == "CONNECT") return null;
        if (!Lists(header, "Upgrade", "h2c") || !Lists(header, "Connection", "Upgrade") || !Lists(header, "Connection", "HTTP2-Settings")) return null;
        if (header.Values("HTTP2-Settings") is not [var encoded] || !TryDecode(encoded, out var settings)) return null;

        // Use after free: the section points into a buffer of HTTP/1.
        var fields = new FieldLines();
        for (var i = 0; i < header.Count; i++)
        {
            var name = header.NameAt(i);
            if (!IsOfConnection(name)) fields.AddReceived(name, header.ValueAt(i), KnownFields.Recognise(name));
        }
        return new UpgradeRequest(head.ControlData with { Version = ProtocolVersion.Http20 }, fields, settings);
    }

    private static bool IsOfConnection(string name) =>
        name.Equals("HTTP2-Settings", StringComparison.OrdinalIgnoreCase)
        || KnownFields.Recognise(name) is KnownField.Connection or KnownField.KeepAlive or KnownField.ProxyConnection or KnownField.Upgrade;

    private static bool Lists(FieldLines header, string name, string option)
    {
        foreach (var value in header.Values(name))
            if (FieldList.Has(value, option)) return true;
        return false;
    }

    // base64url without padding; whole settings of six octets.
    private static bool TryDecode(string encoded, out byte[] settings)
    {
        settings = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        if (Base64Url.DecodeFromChars(encoded, settings, out _, out var written) != OperationStatus.Done || written % 6 != 0) return false;
        settings = settings[..written];
        return true;
    }
}
