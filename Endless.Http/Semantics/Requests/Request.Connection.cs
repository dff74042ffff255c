using System.Net;

namespace Endless.Http;

// What the connection tells of a request, or a proxy that is trusted in its place.
public sealed partial class Request
{
    /// <summary>The client's address. A copy may be given that which a trusted proxy tells (<c>X-Forwarded-For</c>).</summary>
    public EndPoint? RemoteEndPoint
    {
        get => Changes switch { null => Connection?.RemoteEndPoint, { HasRemoteEndPoint: true } changes => changes.RemoteEndPoint, { Original: { } original } => original.RemoteEndPoint, _ => null };
        init => OwnChanges.RemoteEndPoint = value;
    }

    /// <summary>The server's address of this connection.</summary>
    public EndPoint? LocalEndPoint => Connection?.LocalEndPoint;

    /// <summary>What TLS agreed on for the connection; null in the clear. Go's <c>TLS</c>.</summary>
    public TlsConnectionState? Tls => Connection?.Tls;

    /// <summary>
    /// <c>https</c> or <c>http</c>: how the client asked, as far as that is known. The connection's, unless a trusted proxy tells (<c>Middleware.ForwardedHeaders</c>): a copy may be given that. Not what an absolute
    /// target says, which any client can write.
    /// </summary>
    /// <exception cref="ArgumentException">It is neither of the two, in small letters.</exception>
    public string Scheme
    {
        get => Changes switch { { Scheme: { } scheme } => scheme, { Original: { } original } => original.Scheme, _ => Tls is null ? "http" : "https" };
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            OwnChanges.Scheme = value is "http" or "https" ? value : throw new ArgumentException($"\"{value}\" is no scheme that a server is asked by: give \"http\" or \"https\".", nameof(Scheme));
        }
    }
}
