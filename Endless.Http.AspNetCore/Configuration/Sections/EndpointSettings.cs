using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using TlsVersions = System.Security.Authentication.SslProtocols;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Endpoints in the configuration: <c>Endpoints:NAME:Url</c> and so on, their defaults, and the default certificate.</summary>
internal sealed class EndpointSettings(EndlessServerOptions options, CertificateSettings certificates)
{
    private const string Url = "Url";
    private const string Protocols = "Protocols";
    private const string Certificate = "Certificate";
    private const string SslProtocols = "SslProtocols";
    private const string ClientCertificateMode = "ClientCertificateMode";
    private const string Sni = "Sni";

    private static readonly SettingForm<TlsVersions> Version = new("Tls12 or Tls13", static (text, out value) => Enum.TryParse(text, ignoreCase: true, out value) && value is (TlsVersions.Tls12 or TlsVersions.Tls13));

    /// <summary>Reads them.</summary>
    /// <param name="root">Of the section that has them.</param>
    /// <param name="logger">Told of endpoints that others take the place of.</param>
    public void Read(SettingsSection root, ILogger logger)
    {
        ReadDefaults(root.Section("EndpointDefaults"));
        options.DefaultCertificate = certificates.ReadDefault(root.Section("Certificates"));
        // As a whole: two endpoints of one port would come together where each section has a name of its own for it.
        var endpoints = root.Section("Endpoints").Strongest(out var overridden);
        foreach (var path in overridden) logger.SectionOverridden(endpoints.Path, path);
        foreach (var name in endpoints.Keys) Read(endpoints.Section(name));
    }

    private void ReadDefaults(SettingsSection section)
    {
        section.Read(Protocols, SettingForms.Member<HttpProtocols>(), protocols =>
        {
            Check(protocols);
            options.ConfiguredDefaults = listen => listen.Protocols = protocols;
        });
        options.ConfiguredTls = ReadTls(section);
    }

    private void Read(SettingsSection section)
    {
        if (section.Find(Url) is not { Text.Length: > 0 } url)
            throw new InvalidOperationException($"{section.Path} in the configuration has no Url. Say where the endpoint is to listen, by {section.Path}:{Url} such as \"http://localhost:5000\".");
        HttpProtocols? protocols = null;
        section.Read(Protocols, SettingForms.Member<HttpProtocols>(), value => protocols = Check(value));
        var certificate = certificates.Read(section.Section(Certificate));
        var names = ReadNames(section.Section(Sni));
        var tls = ReadTls(section);
        url.Read(SettingForms.Text, text =>
        {
            if (!text.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && (certificate is not null || names.Count > 0 || tls is not null))
                throw new InvalidOperationException($"{section.Path} has settings of TLS; write https in the place of http, or leave them out");
            options.Listen(text, listen =>
            {
                if (protocols is { } value) listen.Protocols = value;
                if (certificate is not null) listen.UseHttps(certificate);
                if (names.Count > 0) listen.ConfigureTls(options => AddNames(options, names));
                if (tls is not null) listen.ConfigureTls(tls);
            });
        });
    }

    /// <summary>Certificates by the host name that a client asks for.</summary>
    private Dictionary<string, TlsCertificate> ReadNames(SettingsSection section)
    {
        var names = new Dictionary<string, TlsCertificate>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in section.Keys)
            if (certificates.Read(section.Section(name).Section(Certificate)) is { } certificate) names[name] = certificate;
        return names;
    }

    private static void AddNames(TlsOptions tls, Dictionary<string, TlsCertificate> names)
    {
        foreach (var (name, certificate) in names)
        {
            if (name == "*") tls.Certificate = certificate; // every other name
            else tls.ServerNames[name] = certificate;
        }
    }

    /// <summary>What is said of TLS beside certificates; null if nothing is.</summary>
    private static Action<TlsOptions>? ReadTls(SettingsSection section)
    {
        Action<TlsOptions>? configure = null;
        var versions = TlsVersions.None;
        foreach (var setting in section.FindList(SslProtocols)) setting.Read(Version, value => versions |= value);
        if (versions != TlsVersions.None) configure += tls => tls.Protocols = versions;
        section.Read(ClientCertificateMode, SettingForms.Member<Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode>(), mode =>
        {
            var asked = HttpsMapping.ModeOf(mode);
            configure += tls => tls.ClientCertificates = asked;
        });
        return configure;
    }

    /// <summary>Refuses here, where the key is known, what <see cref="EndlessListenOptions.Protocols"/> would when the server starts.</summary>
    private static HttpProtocols Check(HttpProtocols protocols) => new EndlessListenOptions(ListenPlace.Unix("/"), null) { Protocols = protocols }.Protocols;
}
