using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.WebSockets;

/// <summary>The opening handshake (RFC 6455 section 4.2).</summary>
internal static class Handshake
{
    private const string Version = "13";

    /// <summary>What the key is joined with, as section 1.3 has it.</summary>
    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Sets the answer to a request that cannot be accepted, without its body. True if it can be.</summary>
    /// <param name="w">Nothing was written to it.</param>
    /// <param name="r">The request.</param>
    /// <param name="options">What is accepted.</param>
    /// <param name="reason">For the body.</param>
    public static bool TryCheck(ResponseWriter w, Request r, WebSocketOptions options, out string reason)
    {
        (var status, reason) = Check(r, options);
        if (status == 0) return true;
        w.StatusCode = status;
        w.Header["Content-Type"] = "text/plain; charset=utf-8";
        w.Header["X-Content-Type-Options"] = "nosniff";
        if (status == 405) w.Header["Allow"] = "GET";
        if (status != 426) return false;
        // RFC 9110 section 15.5.22: it says to what.
        w.Header["Upgrade"] = "websocket";
        w.Header["Connection"] = "Upgrade";
        w.Header["Sec-WebSocket-Version"] = Version;
        return false;
    }

    /// <summary>The first of the server's subprotocols that the client offers; null for none.</summary>
    public static string? ChooseSubprotocol(Request r, IList<string> known)
    {
        if (known.Count == 0) return null;
        var lines = r.Header.Values("Sec-WebSocket-Protocol");
        foreach (var one in known)
        {
            if (!FieldGrammar.IsToken(one)) throw new ArgumentException($"\"{one}\" is no subprotocol: its name must be a token (RFC 6455 section 4.1).");
            foreach (var line in lines)
                foreach (var offered in FieldList.Elements(line))
                    if (offered.Equals(one, StringComparison.Ordinal)) return one;
        }
        return null;
    }

    /// <summary>The response that accepts: 101 and what the handler has put into its header.</summary>
    public static byte[] Accept(ResponseWriter w, Request r, string? subprotocol, string? extensions)
    {
        Span<byte> key = stackalloc byte[24 + Guid.Length];
        Encoding.ASCII.GetBytes(r.Header["Sec-WebSocket-Key"], key);
        Guid.CopyTo(key[24..]);
        var head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ", 256);
        // SHA-1 is what the RFC says; nothing secret depends on it.
        head.Append(Convert.ToBase64String(SHA1.HashData(key))).Append("\r\n");
        if (subprotocol is not null) head.Append(CultureInfo.InvariantCulture, $"Sec-WebSocket-Protocol: {subprotocol}\r\n");
        if (extensions is not null) head.Append(CultureInfo.InvariantCulture, $"Sec-WebSocket-Extensions: {extensions}\r\n");
        foreach (var (name, value) in w.Header)
            if (IsHandlers(name)) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    private static (int Status, string Reason) Check(Request r, WebSocketOptions options)
    {
        if (r.Protocol != "HTTP/1.1") return (400, "A WebSocket begins with a request of HTTP/1.1.");
        if (r.Method != "GET") return (405, "A WebSocket begins with a GET.");
        if (!Has(r, "Upgrade", "websocket") || !Has(r, "Connection", "Upgrade")) return (426, "Here is a WebSocket: connect with the scheme ws or wss.");
        if (r.Header.Values("Sec-WebSocket-Version") is not [Version]) return (426, "The version of the WebSocket protocol is 13.");
        if (r.Header.Values("Sec-WebSocket-Key") is not [{ Length: 24 } key] || !Base64.IsValid(key, out var length) || length != 16) return (400, "Sec-WebSocket-Key must be 16 bytes in Base64.");
        if (r.ContentLength != 0) return (400, "The request of a WebSocket has no body.");
        return OriginRule.Allows(r, options.AllowedOrigins) ? (0, "") : (403, "This origin may not connect.");
    }

    private static bool Has(Request r, string name, string element)
    {
        foreach (var line in r.Header.Values(name))
            if (FieldList.Has(line, element)) return true;
        return false;
    }

    /// <summary>Not what the handshake says itself, and not what frames a body.</summary>
    private static bool IsHandlers(string name) =>
        !name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith(FieldGrammar.TrailerPrefix, StringComparison.OrdinalIgnoreCase)
        && !(name.ToUpperInvariant() is "UPGRADE" or "CONNECTION" or "CONTENT-LENGTH" or "TRANSFER-ENCODING" or "CONTENT-TYPE" or "TRAILER");
}
