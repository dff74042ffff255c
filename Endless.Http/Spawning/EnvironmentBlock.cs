using System.Text;

namespace Endless.Http.Spawning;

/// <summary>
/// The environment of the next generation: this process's own, as .NET knows it, with the bytes it came in, so that a value which is no UTF-8 (a path of an old file
/// system, say) stays what it is.
/// </summary>
internal static class EnvironmentBlock
{
    /// <summary>Each <c>NAME=value</c>, ended by a NUL.</summary>
    /// <param name="native">What libc has: the environment at the start.</param>
    /// <param name="current">What .NET has: the same as text, with what the application has changed since.</param>
    /// <param name="added">What comes in addition, or instead.</param>
    /// <param name="dropped">Names that are only passed on by <paramref name="added"/>.</param>
    internal static byte[] Build(
        IEnumerable<byte[]> native, IReadOnlyDictionary<string, string> current, IReadOnlyDictionary<string, string> added, IReadOnlyCollection<string> dropped)
    {
        var block = new MemoryStream();
        var done = new HashSet<string>(added.Keys);
        done.UnionWith(dropped);
        var kept = new HashSet<string>();
        foreach (var entry in native)
        {
            var text = Encoding.UTF8.GetString(entry);
            var equals = text.IndexOf('=');
            if (equals < 0) continue;
            var name = text[..equals];
            // Several names that are no UTF-8 can look the same as text; of names that are, the first is the one that counts.
            if (done.Contains(name) || !current.TryGetValue(name, out var value) || (!name.Contains('\uFFFD') && (value != text[(equals + 1)..] || !kept.Add(name)))) continue;
            kept.Add(name);
            Append(block, entry);
        }
        done.UnionWith(kept);
        foreach (var (name, value) in current)
            if (!done.Contains(name)) Append(block, Encoding.UTF8.GetBytes($"{name}={value}"));
        foreach (var (name, value) in added)
            Append(block, Encoding.UTF8.GetBytes($"{name}={value}"));
        return block.ToArray();
    }

    private static void Append(MemoryStream block, byte[] entry)
    {
        block.Write(entry);
        block.WriteByte(0);
    }
}
