using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Kestrel's TLS options as Endless.Http's. What was left at its default changes nothing, so that options can be applied one after the other.</summary>
internal static class HttpsMapping
{
    private static readonly TimeSpan KestrelHandshakeTimeout = new HttpsConnectionAdapterOptions().HandshakeTimeout;

    /// <summary>Puts into <paramref name="tls"/> what <paramref name="https"/> says.</summary>
    /// <exception cref="NotSupportedException">It says what Endless.Http has no equal for; the message names the setting and what to use.</exception>
    public static void Apply(HttpsConnectionAdapterOptions https, TlsOptions tls)
    {
        if (https.ServerCertificateSelector is not null)
            throw Unknown(nameof(https.ServerCertificateSelector), "Name the certificates of the hosts by ConfigureTls(tls => tls.ServerNames[\"example.com\"] = ...).");
        if (https.OnAuthenticate is not null) throw Unknown(nameof(https.OnAuthenticate), "Use ConfigureTls, which has cipher suites, protocols and client certificates.");
        if (https.CheckCertificateRevocation) throw Unknown(nameof(https.CheckCertificateRevocation), "Client certificates are not looked up; do that in ClientCertificateValidation.");
        if (https.ServerCertificate is { } certificate) tls.Certificate = TlsCertificate.From(certificate, https.ServerCertificateChain);
        if (https.SslProtocols != System.Security.Authentication.SslProtocols.None) tls.Protocols = https.SslProtocols;
        if (https.HandshakeTimeout != KestrelHandshakeTimeout) tls.HandshakeTimeout = https.HandshakeTimeout == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : https.HandshakeTimeout;
        if (https.ClientCertificateMode != Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.NoCertificate) tls.ClientCertificates = ModeOf(https.ClientCertificateMode);
        if (https.ClientCertificateValidation is { } validation) tls.ClientCertificateValidation = validation;
    }

    /// <summary>Whether clients are asked for a certificate.</summary>
    /// <exception cref="NotSupportedException">Later, within the connection: HTTP/2 and TLS 1.3 cannot.</exception>
    public static ClientCertificateMode ModeOf(Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode mode) => mode switch
    {
        Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.NoCertificate => ClientCertificateMode.None,
        Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.AllowCertificate => ClientCertificateMode.Optional,
        Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.RequireCertificate => ClientCertificateMode.Required,
        _ => throw Unknown($"ClientCertificateMode.{mode}", "Use AllowCertificate, which asks in the handshake."),
    };

    private static NotSupportedException Unknown(string what, string instead) => new($"{what} has no equal in Endless.Http's TLS. {instead}");
}
