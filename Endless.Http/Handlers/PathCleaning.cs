using System.Text;

namespace Endless.Http.Handlers;

/// <summary>Mends paths: no empty, <c>.</c> or <c>..</c> segments. Go's cleanPath.</summary>
internal static class PathCleaning
{
    /// <summary>The same place, cleaned. A slash at the end stays.</summary>
    public static string Clean(string path)
    {
        var segments = new List<string>();
        var all = path.Split('/');
        foreach (var segment in all)
        {
            if (segment == "..")
            {
                if (segments.Count > 0) segments.RemoveAt(segments.Count - 1);
            }
            else if (segment.Length > 0 && segment != ".")
            {
                segments.Add(segment);
            }
        }
        var clean = new StringBuilder(path.Length + 1);
        foreach (var segment in segments) clean.Append('/').Append(segment);
        if (clean.Length == 0 || all[^1] is "" or "." or "..") clean.Append('/');
        return clean.ToString();
    }
}
