using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endless.Http.Sessions;

namespace Endless.Http;

/// <summary>
/// What the server remembers of a client from request to request, under keys; <c>r.Session()</c> with <c>Middleware.Sessions</c> around. Saved just before the head of the response is fixed, if it was changed or its time
/// is to be extended; one without values is not saved. Not thread-safe. Two requests of one client at the same time have a copy each: the last to answer wins.
/// </summary>
public sealed class Session
{
    private const string TooLate = "The session cannot be changed any more: the response has begun, and with it was saved. Change it before WriteHeader and the first write.";

    private readonly List<KeyValuePair<string, byte[]>> _values = [];
    private readonly int _maxBytes;
    private readonly string _tooLarge;
    private readonly long _loaded;
    private int _bytes;

    /// <param name="maxBytes">How many it may take, saved.</param>
    /// <param name="tooLarge">What to do where it takes more.</param>
    /// <param name="now">In seconds of Unix time.</param>
    internal Session(int maxBytes, string tooLarge, long now)
    {
        _maxBytes = maxBytes;
        _tooLarge = tooLarge;
        Made = _loaded = now;
        Id = NewId();
        IsNew = true;
        _bytes = SessionText.EmptyLength(Id);
    }

    /// <summary>By which logs and tables of the program can name it: random, and not what the client sends. <see cref="Renew"/> makes another.</summary>
    public string Id { get; private set; }

    /// <summary>The client sent none that is still good.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Number of values.</summary>
    public int Count => _values.Count;

    /// <summary>The keys, in the order they were first set. A copy.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            var keys = new string[_values.Count];
            for (var i = 0; i < keys.Length; i++) keys[i] = _values[i].Key;
            return keys;
        }
    }

    /// <summary>The text of a key; null if there is none, and setting null removes it. Keys compare with case.</summary>
    /// <exception cref="InvalidOperationException">Set when the response has begun, or to more than there is room for.</exception>
    public string? this[string key]
    {
        get => GetBytes(key) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
        set
        {
            if (value is null) Remove(key);
            else Set(key, Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>The bytes of a key; null if there are none.</summary>
    public ReadOnlyMemory<byte>? GetBytes(string key) => IndexOf(key) is >= 0 and var index ? _values[index].Value : (ReadOnlyMemory<byte>?)null;

    /// <summary>Sets the bytes of a key.</summary>
    /// <inheritdoc cref="this[string]" path="/exception"/>
    public void SetBytes(string key, ReadOnlySpan<byte> value) => Set(key, value.ToArray());

    /// <summary>The value of a key, read from JSON; the type's default if there is none: <c>session.Get("cart", AppJson.Default.Cart)</c>.</summary>
    /// <exception cref="JsonException">It is none of this type.</exception>
    public T? Get<T>(string key, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return GetBytes(key) is { } bytes ? JsonSerializer.Deserialize(bytes.Span, type) : default;
    }

    /// <summary>Sets the value of a key, as JSON.</summary>
    /// <inheritdoc cref="this[string]" path="/exception"/>
    public void Set<T>(string key, T value, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        Set(key, JsonSerializer.SerializeToUtf8Bytes(value, type));
    }

    /// <summary>Removes a key. True if it was there.</summary>
    /// <exception cref="InvalidOperationException">The response has begun.</exception>
    public bool Remove(string key)
    {
        var index = IndexOf(key);
        Change();
        if (index < 0) return false;
        _bytes -= SessionText.LengthOf(key, _values[index].Value);
        _values.RemoveAt(index);
        return true;
    }

    /// <summary>Removes all values: the session is over, at logout. It is deleted here and with the client; what is set afterwards begins another.</summary>
    /// <exception cref="InvalidOperationException">The response has begun.</exception>
    public void Clear()
    {
        Renew();
        Made = _loaded;
        _values.Clear();
        _bytes = SessionText.EmptyLength(Id);
    }

    /// <summary>Gives the session another id, and the client another cookie; the old one is good no longer, where sessions are kept on the server. Call it at login: session fixation, where an attacker gives the victim a cookie of his own beforehand.</summary>
    /// <exception cref="InvalidOperationException">The response has begun.</exception>
    public void Renew()
    {
        Change();
        IsRenewed = true;
        Id = NewId();
    }

    /// <summary>When it was made, in seconds of Unix time.</summary>
    internal long Made { get; private set; }

    /// <summary>When it was last saved, in seconds of Unix time; 0 for never.</summary>
    internal long Saved { get; private set; }

    internal bool IsChanged { get; private set; }

    internal bool IsRenewed { get; private set; }

    /// <summary>It was saved, or is too late to be: changes throw from now on.</summary>
    internal bool IsSealed { get; set; }

    /// <summary>As it is saved.</summary>
    internal byte[] ToBytes(long now)
    {
        var bytes = new byte[_bytes];
        SessionText.Write(bytes, Made, now, Id, _values);
        return bytes;
    }

    /// <summary>Takes over what was saved. False if it is none.</summary>
    internal bool TryRestore(ReadOnlySpan<byte> bytes)
    {
        if (!SessionText.TryRead(bytes, out var made, out var saved, out var id, _values) || _values.Count == 0)
        {
            _values.Clear();
            return false;
        }
        (Made, Saved, Id, IsNew, _bytes) = (made, saved, id, false, bytes.Length);
        return true;
    }

    // 128 bits.
    private static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private void Set(string key, byte[] value)
    {
        var index = IndexOf(key);
        Change();
        if (key.Length > 256) throw new ArgumentException("A session's key has up to 256 characters.", nameof(key));
        var bytes = _bytes + SessionText.LengthOf(key, value) - (index < 0 ? 0 : SessionText.LengthOf(key, _values[index].Value));
        if (bytes > _maxBytes) throw new InvalidOperationException($"The session would take {bytes} bytes with \"{key}\", and there is room for {_maxBytes}: {_tooLarge}");
        _bytes = bytes;
        if (index < 0) _values.Add(new(key, value));
        else _values[index] = new(key, value);
    }

    private int IndexOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        for (var i = 0; i < _values.Count; i++)
            if (_values[i].Key == key) return i;
        return -1;
    }

    private void Change()
    {
        if (IsSealed) throw new InvalidOperationException(TooLate);
        IsChanged = true;
    }
}
