using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tls;

/// <summary>The host names that a certificate is for (RFC 9525 section 6): <c>example.com</c>, or <c>*.example.com</c> for one label in place of the star. Immutable.</summary>
internal sealed class CertificateNames
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public CertificateNames(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
            if (extension is X509SubjectAlternativeNameExtension names) _names.UnionWith(names.EnumerateDnsNames());
    }

    /// <summary>A client that connected by one name of the certificate may ask for another on the same connection (RFC 9113 section 9.1.1).</summary>
    public bool Cover(string host)
    {
        if (_names.Contains(host)) return true;
        var dot = host.IndexOf('.');
        return dot > 0 && _names.Contains($"*{host[dot..]}");
    }
}
