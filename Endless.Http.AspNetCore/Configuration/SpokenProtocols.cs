using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>What an endpoint speaks, of what it was asked to.</summary>
internal static class SpokenProtocols
{
    /// <summary>HTTP/1.1, HTTP/2 or both.</summary>
    /// <param name="listen">The endpoint.</param>
    /// <param name="logger">Told of HTTP/3, which it does not speak.</param>
    public static HttpProtocols Of(EndlessListenOptions listen, ILogger logger)
    {
        if (!listen.Protocols.HasFlag(HttpProtocols.Http3)) return listen.Protocols;
        logger.NoHttp3(string.Join(", ", listen.Place.Addresses));
        return listen.Protocols & ~HttpProtocols.Http3;
    }
}
