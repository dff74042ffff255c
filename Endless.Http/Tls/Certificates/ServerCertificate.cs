using Endless.Http.Native;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>One certificate of a server through its renewals: the one in use, and its files.</summary>
/// <remarks><see cref="Current"/> may be read by any thread; everything else belongs to whoever holds the store's lock.</remarks>
internal sealed class ServerCertificate
{
    private static readonly int[] WarningDays = [1, 7, 30];

    private readonly TlsCertificate _source;
    private readonly HandshakeSettings _settings;
    private LoadedCertificate _current;
    private (FileStamp Certificate, FileStamp Key) _seen;
    private bool _lookAgain;
    private DateTimeOffset _dueAt = DateTimeOffset.MaxValue;    // when one that came too early becomes valid
    private int _warned = int.MaxValue;
    private bool _warnedEarly;

    /// <summary>Loads it.</summary>
    /// <exception cref="TlsCertificateException">It cannot be used.</exception>
    public ServerCertificate(TlsCertificate source, HandshakeSettings settings)
    {
        _source = source;
        _settings = settings;
        _seen = Stamps();
        _current = CertificateLoader.Load(source, settings);
    }

    /// <summary>The one for new handshakes.</summary>
    public LoadedCertificate Current => Volatile.Read(ref _current);

    /// <summary>
    /// Loads the files anew if they changed. True if there is a new certificate. <paramref name="problem"/> says why there is none although
    /// the files changed; the old one stays.
    /// </summary>
    /// <param name="force">Whether they changed or not.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">Null if there is nothing to say.</param>
    public bool TryRenew(bool force, DateTimeOffset now, out TlsCertificateException? problem)
    {
        problem = null;
        if (_source.File == null) return false;
        // Looked at before they are read: a change in between is a change at the next look.
        var stamps = Stamps();
        var changed = stamps != _seen;
        if (!changed && !_lookAgain && !force && now < _dueAt) return false;
        _seen = stamps;
        _dueAt = DateTimeOffset.MaxValue;
        try
        {
            var loaded = CertificateLoader.Load(_source, _settings);
            if (Current.Info.IsValidAt(now)) CheckValidity(loaded.Info, now);
            Volatile.Write(ref _current, loaded);
            _lookAgain = false;
            _warned = int.MaxValue;
            _warnedEarly = false;
            return true;
        }
        catch (TlsCertificateException exception)
        {
            // A certificate and its key are two files, and a file may be half written: what is wrong just after a change is tried
            // once more before anything is said.
            _lookAgain = changed && !force;
            if (!_lookAgain) problem = exception;
            return false;
        }
    }

    /// <summary>A certificate that clients refuse never replaces one that they take.</summary>
    private void CheckValidity(TlsCertificateInfo info, DateTimeOffset now)
    {
        if (now > info.NotAfter) throw new TlsCertificateException(_source.Location, $"has expired: it was valid until {info.NotAfter.ToUniversalTime():u}");
        if (now >= info.NotBefore) return;
        _dueAt = info.NotBefore;
        throw new TlsCertificateException(_source.Location, $"is not valid yet: it will be in use from {info.NotBefore.ToUniversalTime():u} on");
    }

    /// <summary>Warns if everybody on the machine may read or replace its key.</summary>
    public void CheckKeyFile(ILogger logger)
    {
        if ((_source.KeyFile ?? _source.File) is { } file && KeyFileMode.OfOneThatIsOpenToAll(file) is { } mode) TlsLog.KeyIsOpenToAll(logger, file, mode);
    }

    /// <summary>Warns once if it is not valid yet, and once for each limit that its expiry has come within.</summary>
    public void CheckDates(DateTimeOffset now, ILogger logger)
    {
        var info = Current.Info;
        if (now < info.NotBefore && !_warnedEarly) TlsLog.NotValidYet(logger, info.Source, info.Subject, info.NotBefore);
        _warnedEarly |= now < info.NotBefore;
        var left = (info.NotAfter - now).TotalDays;
        if (left <= 0)
        {
            if (_warned != 0) TlsLog.Expired(logger, info.Source, info.Subject, info.NotAfter);
            _warned = 0;
            return;
        }
        foreach (var days in WarningDays)
        {
            if (left > days) continue;
            if (days < _warned) TlsLog.ExpiresSoon(logger, days, info.Source, info.Subject, info.NotAfter);
            _warned = Math.Min(_warned, days);
            return;
        }
    }

    private (FileStamp, FileStamp) Stamps() => (
        _source.File is { } file ? FileStamp.Of(file) : default,
        _source.KeyFile is { } keyFile ? FileStamp.Of(keyFile) : default);
}
