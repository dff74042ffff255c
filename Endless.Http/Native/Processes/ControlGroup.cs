using System.Globalization;

namespace Endless.Http.Native;

/// <summary>The process's control group: cgroups(7), version 2 and, where the controller has a tree of its own, version 1.</summary>
internal static class ControlGroup
{
    /// <summary>The least <c>pids.max</c> of the process's group and those above it, which bounds processes and threads; the most there can be if there is none, or none can be read.</summary>
    internal static long PidsMax()
    {
        var least = (long)int.MaxValue;
        try
        {
            foreach (var line in File.ReadAllLines("/proc/self/cgroup"))
            {
                // number:controllers:path; version 2's has no controllers.
                if (line.Split(':', 3) is not [_, var controllers, ['/', ..] path] || (controllers.Length > 0 && !controllers.Split(',').AsSpan().Contains("pids"))) continue;
                var tree = controllers.Length == 0 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
                for (var group = path; group != null; group = Path.GetDirectoryName(group))
                {
                    var file = $"{tree}{group.TrimEnd('/')}/pids.max";
                    if (File.Exists(file) && long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var max)) least = Math.Min(least, max);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not to be seen: as if there were none.
        }
        return least;
    }
}
