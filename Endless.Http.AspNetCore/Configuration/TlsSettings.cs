using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>How an endpoint speaks TLS: what the configuration says of all, the program of all, and what is said of it alone.</summary>
internal static class TlsSettings
{
    /// <summary>Kestrel's; the server's own would be the smallest of its limits on time.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Puts them together.</summary>
    /// <exception cref="InvalidOperationException">There is no certificate; the message says how to have one.</exception>
    public static TlsOptions Of(EndlessServerOptions options, EndlessListenOptions listen, HttpProtocols protocols)
    {
        var tls = new TlsOptions { HandshakeTimeout = HandshakeTimeout };
        if (!protocols.HasFlag(HttpProtocols.Http1)) tls.ApplicationProtocols.Remove("http/1.1");
        if (!protocols.HasFlag(HttpProtocols.Http2)) tls.ApplicationProtocols.Remove("h2");
        options.ConfiguredTls?.Invoke(tls);
        if (options.HttpsDefaults is { } defaults)
        {
            var https = new HttpsConnectionAdapterOptions();
            defaults(https);
            HttpsMapping.Apply(https, tls);
        }
        foreach (var configure in listen.TlsSettings) configure(tls);
        if (tls.Certificate is null && tls.ServerNames.Count == 0) tls.Certificate = options.DefaultCertificate ?? StoredCertificate.FindDevelopment() ?? throw None(listen);
        return tls;
    }

    private static InvalidOperationException None(EndlessListenOptions listen) => new(
        $"There is no certificate for https on {string.Join(", ", listen.Place.Addresses)}. Name one in the configuration (Endless:Certificates:Default:Path) or by UseHttps, or make one for development by \"dotnet dev-certs https\".");
}
