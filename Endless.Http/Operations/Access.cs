using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// Who may see what is meant for operators: policies for <see cref="StatusHandler.Allow"/> and <see cref="MetricsHandler.Allow"/>. Any other function of a request is one too.
/// Not needed on <see cref="EndlessServer.Admin"/>, where the handlers are already.
/// </summary>
public static class Access
{
    /// <summary>What proxies add, and say by it that they speak for somebody else.</summary>
    private static readonly string[] ProxyFields =
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP"];

    /// <summary>Anyone who reaches the server.</summary>
    public static bool Anyone(Request r) => true;

    /// <summary>
    /// The client is on this machine: it came over loopback or a UNIX socket, no proxy says that it speaks for somebody else (<c>Forwarded</c>, <c>X-Forwarded-For</c>,
    /// <c>Via</c> and their like), and it asked for <c>localhost</c> or for an address, not for a name that somebody may have pointed here (DNS rebinding). A proxy on this machine that
    /// says nothing, as nginx's <c>proxy_pass</c> alone, makes everybody local: not for a server behind one.
    /// </summary>
    public static bool Local(Request r) => IsOnThisMachine(r) && !IsForwarded(r) && (r.RemoteEndPoint is not IPEndPoint || IsLocalName(r.Host));

    /// <summary>Those who show a token: <c>Authorization: Bearer TOKEN</c> (RFC 6750). Over TLS, since it is sent as it is.</summary>
    /// <exception cref="ArgumentException">The token is empty.</exception>
    public static Func<Request, bool> Token(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        const string scheme = "Bearer ";
        var expected = Encoding.UTF8.GetBytes(token);
        return r => r.Header["Authorization"] is { } shown
            && shown.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            // Header values are bytes, as ISO 8859-1. In a time that does not tell how much of it is right.
            && CryptographicOperations.FixedTimeEquals(Encoding.Latin1.GetBytes(shown[scheme.Length..].Trim()), expected);
    }

    /// <summary>Nobody: what a handler that is on no admin listener begins with.</summary>
    internal static bool Nobody(Request r) => false;

    /// <summary>
    /// All who reach the admin listener. DNS rebinding: a client on this machine must pass Local, so that no browser's page whose name was pointed here reads it, nor a client
    /// of a proxy meant for something else.
    /// </summary>
    internal static bool ToAdmin(Request r) => !IsOnThisMachine(r) || Local(r);

    /// <summary>Answers somebody who may not see it.</summary>
    /// <param name="w">Where the answer goes.</param>
    /// <param name="what">What it is that they asked for.</param>
    internal static Task RefuseAsync(ResponseWriter w, string what)
    {
        w.Header["Content-Type"] = "text/plain; charset=utf-8";
        w.Header["Cache-Control"] = "no-store";
        w.WriteHeader(403);
        return w.WriteAsync($"The {what} is not for everybody: EndlessServer.Admin gives it an address of its own, its handler's Allow opens it here.\n");
    }

    private static bool IsOnThisMachine(Request r) => r.RemoteEndPoint switch
    {
        IPEndPoint client => IPAddress.IsLoopback(client.Address.IsIPv4MappedToIPv6 ? client.Address.MapToIPv4() : client.Address),
        UnixDomainSocketEndPoint or null => true,
        _ => false,
    };

    private static bool IsForwarded(Request r)
    {
        foreach (var field in ProxyFields)
            if (r.Header[field] is not null) return true;
        return false;
    }

    private static bool IsLocalName(string host)
    {
        var name = Authority.HostOf(host);
        return name.Length == 0
            || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(name, out _);
    }
}
