using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http.WebSockets;

/// <summary>What of a client's offers of permessage-deflate is accepted (RFC 7692 section 7.1).</summary>
/// <param name="ServerKeepsWindow">Messages of the server may refer to those before them.</param>
/// <param name="ClientKeepsWindow">Messages of the client may.</param>
/// <param name="Answer">For Sec-WebSocket-Extensions.</param>
internal sealed record DeflateOffer(bool ServerKeepsWindow, bool ClientKeepsWindow, string Answer)
{
    private const string Name = "permessage-deflate";

    /// <summary>The window that the runtime's compressor has, in bits; it knows no smaller one.</summary>
    private const int WindowBits = 15;

    /// <summary>The first offer that can be accepted; null for none: then nothing is compressed.</summary>
    /// <param name="lines">Of Sec-WebSocket-Extensions.</param>
    /// <param name="compression">What the server wants; not off.</param>
    public static DeflateOffer? Accept(IReadOnlyList<string> lines, WebSocketCompression compression)
    {
        foreach (var line in lines)
            foreach (var extension in FieldList.Elements(line))
                if (TryAccept(extension, compression == WebSocketCompression.ContextTakeover) is { } accepted) return accepted;
        return null;
    }

    /// <summary>For what the server sends.</summary>
    public Compressor CreateCompressor() => new(ServerKeepsWindow);

    /// <summary>For what the client sends.</summary>
    public Inflater CreateInflater() => new(ClientKeepsWindow);

    private static DeflateOffer? TryAccept(ReadOnlySpan<char> extension, bool keepsWindows)
    {
        var parts = FieldList.Elements(extension, ';');
        parts.MoveNext();
        if (!parts.Current.Equals(Name, StringComparison.OrdinalIgnoreCase)) return null;
        bool serverResets = false, clientResets = false, hasServerBits = false, hasClientBits = false;
        var clientBits = 0;
        while (parts.MoveNext())
        {
            var equals = parts.Current.IndexOf('=');
            var name = (equals < 0 ? parts.Current : parts.Current[..equals]).Trim();
            var value = equals < 0 ? default : parts.Current[(equals + 1)..].Trim().Trim('"');
            // Each once, and none that is not known: such an offer is declined, and the next looked at (section 7.1).
            switch (name)
            {
                case "server_no_context_takeover" when !serverResets && equals < 0:
                    serverResets = true;
                    break;
                case "client_no_context_takeover" when !clientResets && equals < 0:
                    clientResets = true;
                    break;
                case "server_max_window_bits" when !hasServerBits && TryReadBits(value, out var bits) && bits == WindowBits:
                    hasServerBits = true;
                    break;
                case "client_max_window_bits" when !hasClientBits && (equals < 0 || TryReadBits(value, out clientBits)):
                    hasClientBits = true; // it uses a smaller window, or can: every one can be read
                    break;
                default:
                    return null;
            }
        }
        serverResets |= !keepsWindows;
        clientResets |= !keepsWindows;
        var answer = Name + (serverResets ? "; server_no_context_takeover" : "") + (clientResets ? "; client_no_context_takeover" : "") + (hasServerBits ? "; server_max_window_bits=15" : "")
            + (clientBits > 0 ? string.Create(CultureInfo.InvariantCulture, $"; client_max_window_bits={clientBits}") : "");
        return new(!serverResets, !clientResets, answer);
    }

    private static bool TryReadBits(ReadOnlySpan<char> value, out int bits) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out bits) && bits is >= 8 and <= WindowBits && value[0] != '0';
}
