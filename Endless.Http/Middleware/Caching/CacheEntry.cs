using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>A stored response; or, without a status, that what is asked for is not to be stored, so that nobody waits for it. Immutable.</summary>
internal sealed class CacheEntry
{
    private const int Overhead = 512; // of the objects, about

    /// <summary>Scheme, host and target.</summary>
    public required string Key { get; init; }

    /// <summary>The request fields that it was chosen by, in order, with their values.</summary>
    public KeyValuePair<string, string>[] Varies { get; init; } = [];

    /// <summary>The status; 0 for what is not to be stored.</summary>
    public int Status { get; init; }

    /// <summary>The fields, without Age.</summary>
    public KeyValuePair<string, string>[] Fields { get; init; } = [];

    /// <summary>The body.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>When the handler answered, less the age that the answer had.</summary>
    public DateTimeOffset Born { get; init; }

    /// <summary>How long it is fresh.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>How long after that it serves while another is on its way.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>Bytes of memory.</summary>
    public long Size
    {
        get
        {
            var size = Overhead + (2L * Key.Length) + Body.Length;
            foreach (var (name, value) in Fields) size += 64 + (2L * (name.Length + value.Length));
            foreach (var (name, value) in Varies) size += 64 + (2L * (name.Length + value.Length));
            return size;
        }
    }

    /// <summary>The first value of a field; null if it has none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (own, value) in Fields)
                if (own.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
            return null;
        }
    }

    /// <summary>Whether it answers a request, as far as Vary says (section 4.1).</summary>
    public bool Fits(Request r)
    {
        foreach (var (name, value) in Varies)
            if (ValueOf(r, name) != value) return false;
        return true;
    }

    /// <summary>What a request says in a field, all lines of it.</summary>
    public static string ValueOf(Request r, string name)
    {
        var lines = r.Header.Values(name);
        return lines.Count switch { 0 => "", 1 => lines[0], _ => string.Join(',', lines) };
    }

    /// <summary>Answers a request, or tells it that what it has is still true (304).</summary>
    public Task WriteAsync(ResponseWriter w, Request r, DateTimeOffset now)
    {
        var isUnchanged = Status == 200 && HasIt(r);
        foreach (var (name, _) in Fields) w.Header.Remove(name);
        foreach (var (name, value) in Fields)
            if (!isUnchanged || !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Location", StringComparison.OrdinalIgnoreCase)) w.Header.Add(name, value);
        var age = (long)(now - Born).TotalSeconds;
        w.Header.Set("Age", Math.Max(age, 0).ToString(CultureInfo.InvariantCulture));
        w.Header.Add("Cache-Status", string.Create(CultureInfo.InvariantCulture, $"endless; hit; ttl={(long)Lifetime.TotalSeconds - age}"));
        w.StatusCode = isUnchanged ? 304 : Status;
        if (isUnchanged) return Task.CompletedTask;
        if (this["Content-Type"] is null) w.Header.Suppress("Content-Type");
        if (Status is not (204 or 205)) w.Header.Set("Content-Length", Body.Length.ToString(CultureInfo.InvariantCulture));
        return r.Method == "HEAD" || Body.Length == 0 ? Task.CompletedTask : w.WriteAsync(Body);
    }

    // Section 4.3.2
    private bool HasIt(Request r)
    {
        var tags = r.Header.Values("If-None-Match");
        if (tags.Count > 0) return EntityTag.IsIn(tags, this["ETag"], isStrong: false);
        return r.Header["If-Modified-Since"] is { } since && this["Last-Modified"] is { } modified && HttpDate.TryParse(since, out var theirs) && HttpDate.TryParse(modified, out var ours) && ours <= theirs;
    }
}
