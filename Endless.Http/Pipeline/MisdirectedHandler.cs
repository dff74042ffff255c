using Endless.Http.Semantics;
using Endless.Http.Tls;

namespace Endless.Http.Pipeline;

/// <summary>
/// Refuses requests for the host of one certificate on a connection that was made for the host of another (RFC 9110 section 15.5.20): the client was shown a certificate that does
/// not vouch for the host, and a proxy that filters by name has seen only the other. The client retries on a new connection.
/// </summary>
internal sealed class MisdirectedHandler(IHandler inner, CertificateStore certificates) : IHandler
{
    private const int Misdirected = 421;

    public Task ServeHttpAsync(ResponseWriter w, Request r) => r.Tls is { ServerName.Length: > 0 } tls && IsMisdirected(tls.ServerName, r.Host) ? RefuseAsync(w) : inner.ServeHttpAsync(w, r);

    // Nearly every request asks for the host that its connection was made for: then nothing is looked up.
    private bool IsMisdirected(string serverName, string authority)
    {
        var host = Authority.WithoutDot(Authority.HostOf(authority));
        return !host.Equals(serverName, StringComparison.OrdinalIgnoreCase) && certificates.AreMisdirected(serverName, host.ToString());
    }

    private static Task RefuseAsync(ResponseWriter w)
    {
        w.Header["Content-Type"] = "text/plain; charset=utf-8";
        w.WriteHeader(Misdirected);
        return w.WriteAsync("421 Misdirected Request: this connection was made for another host\n");
    }
}
