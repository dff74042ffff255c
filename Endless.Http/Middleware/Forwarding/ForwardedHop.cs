using System.Net;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>What one proxy says of whoever asked it.</summary>
/// <param name="Client">An address with or without a port; empty if it is not said.</param>
/// <param name="Scheme">Empty if it is not said.</param>
/// <param name="Host">Empty if it is not said.</param>
internal readonly record struct ForwardedHop(string Client, string Scheme, string Host)
{
    /// <summary>An address with or without a port, IPv6 with or without brackets; false for a name that hides it (RFC 7239 section 6.3), and for what is none.</summary>
    public bool TryGetAddress(out IPEndPoint address)
    {
        var text = Client.AsSpan();
        // More than one colon and no bracket: an IPv6 address alone.
        if (text is ['[', ..])
        {
            if (IPEndPoint.TryParse(text, out address!)) return true;
        }
        else if (text.Count(':') == 1 && IPEndPoint.TryParse(text, out address!) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && text.Count('.') == 3)
        {
            return true;
        }
        // Not what IPAddress reads besides: "1" and "0x7f.1" as a shorthand of an IPv4 address, and zones.
        else if (!text.Contains('%') && (text.Contains(':') || text.Count('.') == 3) && IPAddress.TryParse(text, out var alone))
        {
            address = new IPEndPoint(alone, 0);
            return true;
        }
        address = null!;
        return false;
    }

    /// <summary>Whether the host is one.</summary>
    public bool HasHost => Host.Length > 0 && Ascii.IsValid(Host) && Authority.IsValid(Encoding.ASCII.GetBytes(Host), out _);

    /// <summary>The scheme as a request has it; null for none that is known.</summary>
    public string? KnownScheme => Scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? "https" : Scheme.Equals("http", StringComparison.OrdinalIgnoreCase) ? "http" : null;
}
