namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Has the handlers behind see the client that a trusted proxy tells of, and not the proxy: <see cref="Request.RemoteEndPoint"/>, <see cref="Request.Scheme"/> and, where that is asked for, <see cref="Request.Host"/>. Only where the
    /// request comes from one of <see cref="ForwardedHeadersOptions.Proxies"/>; the list of addresses is read from its end, where that proxy wrote, up to the first address that is no trusted proxy's. What a client
    /// wrote before that is not believed. Before all middleware that asks for the address.
    /// </summary>
    /// <param name="options">Who is trusted.</param>
    /// <exception cref="ArgumentException">A proxy is no address or network.</exception>
    public static MiddlewareFunc ForwardedHeaders(ForwardedHeadersOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var reader = new ForwardedReader(options);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return Handler.From((w, r) => next.ServeHttpAsync(w, reader.Read(r)));
        };
    }
}
