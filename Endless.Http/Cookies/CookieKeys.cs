using System.Security.Cryptography;
using System.Text;
using Endless.Http.Cookies;

namespace Endless.Http;

/// <summary>
/// The secrets that a <see cref="CookieProtector"/> signs and encrypts with. The newest makes cookies; older ones still read what they have made, which lives for 400 days at most, as in a browser. Thread-safe.
/// </summary>
public sealed class CookieKeys
{
    /// <summary>What browsers let a cookie live (RFC 6265bis section 5.5), and a key after its last cookie.</summary>
    internal static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    private static readonly TimeSpan DefaultRotation = TimeSpan.FromDays(90);
    private static readonly Lazy<CookieKeys> Own = new(() => new CookieKeys(new PassedOnCookieKeys(), DefaultRotation, TimeProvider.System));

    private readonly Lock _lock = new();
    private readonly ICookieKeySource _source;
    private readonly TimeSpan _rotation;
    private readonly TimeProvider _time;
    private volatile CookieKey[] _keys = []; // the newest first
    private long _nextLoad; // by the clock of _time, in ticks
    private long _nextRenewal;

    internal CookieKeys(ICookieKeySource source, TimeSpan rotation, TimeProvider time)
    {
        _source = source;
        _rotation = rotation;
        _time = time;
        Load();
    }

    /// <summary>
    /// The keys of this service: made at random by its first generation, and passed on by each restart to the next, so that nobody is logged out by one. A new one every 90 days. When the service is stopped
    /// they are gone, and what they protected with them; several instances behind a load balancer need <see cref="FromFile(string)"/> or <see cref="FromSecrets"/>.
    /// </summary>
    public static CookieKeys Shared => Own.Value;

    /// <summary>Keys in a file, which is made for its owner alone (mode 0600) if it is not there. Instances may share it, and see a key that another has made. A new one every 90 days.</summary>
    /// <param name="path">A file in a directory that is there.</param>
    /// <exception cref="IOException">The file cannot be read or made, or is none of keys.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read or make it.</exception>
    public static CookieKeys FromFile(string path) => FromFile(path, DefaultRotation);

    /// <inheritdoc cref="FromFile(string)"/>
    /// <param name="path">A file in a directory that is there.</param>
    /// <param name="rotation">After how long a new key is made: an hour or more; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rotation is shorter.</exception>
    public static CookieKeys FromFile(string path, TimeSpan rotation) => FromFile(path, rotation, TimeProvider.System);

    /// <summary>Keys derived from secrets that the program has from its configuration. The first makes cookies; all read them, so that a new one is put in front, and the old one taken away when its cookies have ended.</summary>
    /// <param name="secrets">One or more, each of 32 random bytes or more in whatever text: <c>openssl rand -base64 32</c>.</param>
    /// <exception cref="ArgumentException">There is none, or one is shorter than 32 characters.</exception>
    public static CookieKeys FromSecrets(params ReadOnlySpan<string> secrets)
    {
        if (secrets.IsEmpty) throw new ArgumentException("There must be a secret: one that cookies are made with.", nameof(secrets));
        var keys = new CookieKey[secrets.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(secrets[i], nameof(secrets));
            if (secrets[i].Length < CookieKey.Length) throw new ArgumentException($"A secret has at least {CookieKey.Length} characters, made at random: openssl rand -base64 32.", nameof(secrets));
            keys[i] = new CookieKey(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secrets[i]), CookieKey.Length, info: "endless cookie secret"u8.ToArray()), created: -i);
        }
        return new CookieKeys(new FixedCookieKeys(keys), Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    internal static CookieKeys FromFile(string path, TimeSpan rotation, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (rotation != Timeout.InfiniteTimeSpan && rotation < TimeSpan.FromHours(1)) throw new ArgumentOutOfRangeException(nameof(rotation), rotation, "Keys are kept for 400 days: make a new one every hour at most, or Timeout.InfiniteTimeSpan for never.");
        return new CookieKeys(new CookieKeyFile(Path.GetFullPath(path)), rotation, time);
    }

    /// <summary>The key to make cookies with.</summary>
    internal CookieKey Newest
    {
        get
        {
            var newest = _keys[0];
            return _rotation != Timeout.InfiniteTimeSpan && newest.Created < Oldest(_rotation) ? Renewed() : newest;
        }
    }

    /// <summary>The key that a cookie was made with; null if it is not known (any more).</summary>
    internal CookieKey? Find(uint id)
    {
        if (Among(_keys, id) is { } known) return known;
        lock (_lock)
        {
            // Others may have made one. A client can ask for ids at will: the source is looked at once a second.
            if (_time.GetUtcNow().UtcTicks < _nextLoad) return Among(_keys, id);
            try
            {
                Load();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The keys that were known are as good as before.
            }
            return Among(_keys, id);
        }
    }

    private static CookieKey? Among(CookieKey[] keys, uint id)
    {
        foreach (var key in keys)
            if (key.Id == id) return key;
        return null;
    }

    private long Oldest(TimeSpan age) => (_time.GetUtcNow() - age).ToUnixTimeSeconds();

    private CookieKey Renewed()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (_keys[0].Created >= Oldest(_rotation) || now.UtcTicks < _nextRenewal) return _keys[0];
            _nextRenewal = now.AddMinutes(1).UtcTicks;
            var keys = new List<CookieKey>(_keys);
            try
            {
                _source.Renew(keys, Oldest(_rotation), now);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return _keys[0]; // old, and as good as before: a disk that is full logs nobody out
            }
            Take(keys);
            return _keys[0];
        }
    }

    /// <summary>Has the keys of the source; makes the first.</summary>
    private void Load()
    {
        var now = _time.GetUtcNow();
        _nextLoad = now.AddSeconds(1).UtcTicks;
        var keys = new List<CookieKey>(_keys);
        _source.Load(keys);
        if (keys.Count == 0) _source.Renew(keys, long.MinValue, now);
        Take(keys);
    }

    private void Take(List<CookieKey> keys)
    {
        keys.Sort((a, b) => b.Created.CompareTo(a.Created));
        if (_rotation != Timeout.InfiniteTimeSpan)
        {
            var oldest = Oldest(_rotation + LongestLife);
            keys.RemoveAll(key => key.Created < oldest && key != keys[0]);
        }
        _keys = [.. keys];
    }
}
