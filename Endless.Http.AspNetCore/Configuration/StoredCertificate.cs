using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Certificates in the stores of .NET.</summary>
internal static class StoredCertificate
{
    /// <summary>The extension by which <c>dotnet dev-certs</c> marks what it made; its value is a version.</summary>
    internal const string DevelopmentExtension = "1.3.6.1.4.1.311.84.1.1";

    /// <summary>The certificate of a subject that is valid longest.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says which was looked for.</exception>
    public static TlsCertificate Find(string storeName, StoreLocation location, string subject, bool allowInvalid)
    {
        using var store = new X509Store(storeName, location);
        store.Open(OpenFlags.ReadOnly);
        var found = store.Certificates.Find(X509FindType.FindBySubjectName, subject, validOnly: !allowInvalid)
            .Where(certificate => certificate.HasPrivateKey).OrderByDescending(certificate => certificate.NotAfter).FirstOrDefault();
        return found is not null ? TlsCertificate.From(found)
            : throw new InvalidOperationException($"The store {storeName} of {location} has no {(allowInvalid ? "" : "valid ")}certificate with a private key whose subject holds \"{subject}\". Name one by its file, or set AllowInvalid for a self-signed one.");
    }

    /// <summary>The one that <c>dotnet dev-certs https</c> made for this user; null if there is none.</summary>
    public static TlsCertificate? FindDevelopment()
    {
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        return FindDevelopment(store.Certificates, DateTime.Now) is { } found ? TlsCertificate.From(found) : null;
    }

    /// <summary>Of several the newest version counts, and of those the one that is valid longest.</summary>
    internal static X509Certificate2? FindDevelopment(IEnumerable<X509Certificate2> certificates, DateTime now) => certificates
        .Where(certificate => certificate.HasPrivateKey && certificate.NotBefore <= now && certificate.NotAfter >= now && VersionOf(certificate) >= 0)
        .OrderByDescending(VersionOf).ThenByDescending(certificate => certificate.NotAfter).FirstOrDefault();

    private static int VersionOf(X509Certificate2 certificate) =>
        certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == DevelopmentExtension) is not { } mark ? -1 : mark.RawData.Length == 1 ? mark.RawData[0] : 0;
}
