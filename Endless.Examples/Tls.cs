using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endless.Http;

namespace Endless.Examples;

/// <summary>
/// HTTPS. Renew the certificate's files while it runs: new connections get the new certificate at once, without a restart. Without
/// files it makes a certificate of its own, which no client trusts (<c>curl --insecure</c>), and each generation another.
/// </summary>
internal static class Tls
{
    public static void Run(string[] args)
    {
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8443", (w, r) => w.Write($"Hello over {r.Tls!.Version}"));
        server.BeforeBegin = Announce.Listening;
        server.CertificateReloaded += (_, certificate) => Announce.Say($"New certificate: {certificate}, until {certificate.NotAfter:d}");
        if (args is [_, var certFile, var keyFile])
        {
            server.ListenAndServeTLS(certFile, keyFile);
        }
        else
        {
            server.TlsOptions.Certificate = TlsCertificate.From(SelfSigned());
            server.ListenAndServeTLS();
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(90));
    }
}
