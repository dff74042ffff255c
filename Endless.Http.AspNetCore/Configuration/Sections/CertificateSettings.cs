using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Certificates in the configuration: files by <c>Path</c>, <c>KeyPath</c> and <c>Password</c>, or of a store by <c>Subject</c>, <c>Store</c>, <c>Location</c> and <c>AllowInvalid</c>.</summary>
internal sealed class CertificateSettings(IHostEnvironment environment, ILogger logger)
{
    private const string Password = "Password";

    /// <summary>Reads one; null if the section names none. A file is read and watched once the server starts.</summary>
    public TlsCertificate? Read(SettingsSection section)
    {
        string? path = null, key = null, password = null, subject = null;
        section.Read("Path", SettingForms.TextOrNone, value => path = value);
        section.Read("KeyPath", SettingForms.TextOrNone, value => key = value);
        section.Read(Password, SettingForms.TextOrNone, value => password = value);
        section.Read("Subject", SettingForms.TextOrNone, value => subject = value);
        var store = nameof(StoreName.My);
        var location = StoreLocation.CurrentUser;
        var allowInvalid = false;
        section.Read("Store", SettingForms.Text, value => store = value);
        section.Read("Location", SettingForms.Member<StoreLocation>(), value => location = value);
        section.Read("AllowInvalid", SettingForms.Switch, value => allowInvalid = value);
        if (path is not null && subject is not null) throw new InvalidOperationException($"{section.Path} in the configuration has both a Path and a Subject. Leave one of them out.");
        if (path is not null) return TlsCertificate.FromFile(Rooted(path), key is null ? null : Rooted(key), password);
        if (subject is not null) return StoredCertificate.Find(store, location, subject, allowInvalid);
        if (key is not null || password is not null) throw new InvalidOperationException($"{section.Path} in the configuration has no Path. Name the certificate's file.");
        return null;
    }

    /// <summary>The one of endpoints that have none of their own: <c>Default</c>, else the file of <c>dotnet dev-certs</c> that <c>Development:Password</c> opens, which is how a certificate comes into a container of the IDE's.</summary>
    public TlsCertificate? ReadDefault(SettingsSection certificates)
    {
        string? password = null;
        certificates.Section("Development").Read(Password, SettingForms.TextOrNone, value => password = value);
        if (Read(certificates.Section("Default")) is { } certificate) return certificate;
        if (password is null) return null;
        var file = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspnet", "https", $"{environment.ApplicationName}.pfx");
        if (File.Exists(file)) return TlsCertificate.FromFile(file, password: password);
        logger.NoDevelopmentFile(file);
        return null;
    }

    private string Rooted(string path) => Path.Combine(environment.ContentRootPath, path);
}
