using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>The certificates of a server: found by the name a client asks for, looked at for changes and expiry. Thread-safe.</summary>
internal sealed class CertificateStore
{
    private readonly Lock _renewing = new();
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ServerCertificate? _default;
    private readonly Dictionary<string, ServerCertificate> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ServerCertificate> _all = [];

    /// <summary>Loads the default certificate, null for none, and those that the options have names for.</summary>
    /// <exception cref="TlsCertificateException">One cannot be used.</exception>
    /// <exception cref="ArgumentException">There is none.</exception>
    public CertificateStore(TlsOptions options, TlsCertificate? certificate, HandshakeSettings settings, ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        var now = time.GetUtcNow();
        var loaded = new Dictionary<TlsCertificate, ServerCertificate>();
        if (certificate != null) _default = Load(certificate);
        foreach (var (name, source) in options.ServerNames) _byName[name] = _byName[InUnicode(name)] = Load(source);
        if (_all.Count == 0) throw new ArgumentException("There is no TLS certificate: give ListenAndServeTLS its files, or set TlsOptions.Certificate.");
        foreach (var each in _all)
        {
            each.CheckKeyFile(logger);
            each.CheckDates(now, logger);
        }

        // The same object for several names is loaded once.
        ServerCertificate Load(TlsCertificate source)
        {
            if (loaded.TryGetValue(source, out var known)) return known;
            var each = new ServerCertificate(source, settings);
            loaded[source] = each;
            _all.Add(each);
            return each;
        }
    }

    /// <summary>Told of each certificate that took the place of an older one, on the thread that loaded it.</summary>
    public Action<TlsCertificateInfo>? Renewed { get; set; }

    /// <summary>Every client gets the same certificate.</summary>
    public bool IsNameless => _byName.Count == 0;

    /// <summary>What is told of each certificate in use.</summary>
    public IReadOnlyList<TlsCertificateInfo> Infos => _all.ConvertAll(each => each.Current.Info);

    /// <summary>The certificate for a client that asks for <paramref name="serverName"/>: of that name, of <c>*.</c> and the rest of it, or the default; null if there is none.</summary>
    public LoadedCertificate? Find(string serverName) => (FindByName(serverName) ?? _default)?.Current;

    /// <summary>
    /// Whether requests for a host go wrong on the connection of a client that has asked for <paramref name="serverName"/>: another certificate serves the host, and the one that the
    /// client was shown does not cover it. Never with one certificate, nor for a host that no certificate names.
    /// </summary>
    /// <param name="serverName">As the client named it in the handshake.</param>
    /// <param name="host">As a request names it, without port.</param>
    public bool AreMisdirected(string serverName, string host)
    {
        var shown = FindByName(serverName) ?? _default;
        var right = FindByName(host) ?? (_default?.Current.Names.Cover(host) == true ? _default : null);
        return right != null && right != shown && shown?.Current.Names.Cover(host) != true;
    }

    private ServerCertificate? FindByName(string name)
    {
        if (_byName.TryGetValue(name, out var certificate)) return certificate;
        // The star stands for exactly one label (RFC 9525 section 6.3).
        var dot = name.IndexOf('.');
        return dot > 0 ? _byName.GetValueOrDefault($"*{name[dot..]}") : null;
    }

    /// <summary>Loads the certificates whose files changed, or with <paramref name="force"/> all of them. False if one could not be; why is in the log, and the old one stays.</summary>
    public bool Renew(bool force)
    {
        var renewed = new List<TlsCertificateInfo>();
        var good = true;
        lock (_renewing)
        {
            var now = _time.GetUtcNow();
            foreach (var certificate in _all)
            {
                if (certificate.TryRenew(force, now, out var problem))
                {
                    renewed.Add(certificate.Current.Info);
                    certificate.CheckKeyFile(_logger);
                }
                if (problem != null) TlsLog.NotReloaded(_logger, problem.Message);
                good &= problem == null;
            }
            foreach (var info in renewed) TlsLog.Reloaded(_logger, info.Source, info.Subject, info.NotAfter);
            foreach (var certificate in _all) certificate.CheckDates(now, _logger);
        }
        // Outside the lock: the application may do anything.
        foreach (var info in renewed) Report(info);
        return good;
    }

    /// <summary>SslStream gives what clients ask for decoded: <c>bücher.example</c> for <c>xn--bcher-kva.example</c>.</summary>
    private static string InUnicode(string name)
    {
        if (!name.Contains("xn--", StringComparison.OrdinalIgnoreCase)) return name;
        try
        {
            return new IdnMapping { AllowUnassigned = true }.GetUnicode(name);
        }
        catch (ArgumentException)
        {
            return name;    // only looks like one: nothing is decoded there either
        }
    }

    private void Report(TlsCertificateInfo info)
    {
        try
        {
            Renewed?.Invoke(info);
        }
        catch (Exception exception)
        {
            TlsLog.CallbackFailed(_logger, exception);
        }
    }
}
