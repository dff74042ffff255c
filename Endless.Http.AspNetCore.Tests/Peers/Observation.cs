using System.Collections.Concurrent;
using System.Text;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What was seen of a server, line by line. Several threads may write it.</summary>
internal sealed class Observation
{
    private readonly ConcurrentQueue<(string Key, string Value)> _lines = new();

    public IReadOnlyCollection<(string Key, string Value)> Lines => _lines;

    public void Add(string key, object? value) => _lines.Enqueue((key, value is string text ? Printable(text) : value?.ToString() ?? "null"));

    public void AddAll(Observation other, string prefix = "")
    {
        foreach (var (key, value) in other._lines) _lines.Enqueue((prefix + key, value));
    }

    /// <summary>Adds lines of the form <c>key: value</c>, as an endpoint answers with.</summary>
    public void AddText(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0) Add(line, "");
            else Add(line[..colon], line[(colon + 2)..]);
        }
    }

    /// <summary>Does something, and notes its exception or that it has none.</summary>
    public async Task TryAsync(string key, Func<Task> action)
    {
        try
        {
            await action();
            Add(key, "done");
        }
        catch (Exception exception)
        {
            Note(key, exception);
        }
    }

    /// <summary>Does something, and notes what it returns or its exception.</summary>
    public void Try(string key, Func<object?> action)
    {
        try
        {
            Add(key, action());
        }
        catch (Exception exception)
        {
            Note(key, exception);
        }
    }

    /// <summary>Does something, and notes its exception or that it has none.</summary>
    public void Try(string key, Action action) => Try(key, () =>
    {
        action();
        return "done";
    });

    public override string ToString() => string.Concat(_lines.Select(static line => $"{line.Key}: {line.Value}\n"));

    public IReadOnlyList<Difference> DifferencesTo(Observation other, string name)
    {
        var mine = Numbered();
        var theirs = other.Numbered();
        return [.. mine.Keys.Union(theirs.Keys).Select(key => new Difference(name, key, mine.GetValueOrDefault(key), theirs.GetValueOrDefault(key))).Where(static difference => difference.Kestrel != difference.Endless)];
    }

    private void Note(string key, Exception exception)
    {
        Add(key, exception.GetType().Name);
        Add(key + " (message)", exception.Message);
    }

    /// <summary>Several lines of one key are told apart by their number.</summary>
    private Dictionary<string, string> Numbered()
    {
        var numbered = new Dictionary<string, string>();
        foreach (var (key, value) in _lines)
        {
            var unique = key;
            for (var number = 2; !numbered.TryAdd(unique, value); number++) unique = $"{key} #{number}";
        }
        return numbered;
    }

    private static string Printable(string text)
    {
        var printable = new StringBuilder();
        foreach (var letter in text)
        {
            if (letter is >= ' ' and <= '~') printable.Append(letter);
            else printable.Append($"\\x{(int)letter:x2}");
        }
        return printable.ToString();
    }
}
