using System.Globalization;
using Endless.Http.Load;

namespace Endless.Http.Tests.Torture;

/// <summary>How many processes and threads a family may have together: pids.max of a control group of its own.</summary>
internal sealed class ThreadLimit : IAsyncDisposable
{
    // The controller of its own of version 1, and the one tree of version 2.
    private static readonly string[] Roots = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];

    private readonly string _group = Create() ?? throw new InvalidOperationException("There is no control group to be had.");

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? Missing()
    {
        if (Create() is not { } group) return "no control group with pids.max can be made";
        Directory.Delete(group);
        return null;
    }

    /// <summary>Where a process writes its pid to be counted from now on: 0 or its own.</summary>
    public string ProcessesFile => Path.Combine(_group, "cgroup.procs");

    /// <summary>So many at most.</summary>
    public void Set(int limit) => Write("pids.max", limit.ToString(CultureInfo.InvariantCulture));

    public void Add(int pid) => Write("cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>So many more than there are now.</summary>
    public void Leave(int spare) => Write("pids.max", (int.Parse(File.ReadAllText(Path.Combine(_group, "pids.current")), CultureInfo.InvariantCulture) + spare).ToString(CultureInfo.InvariantCulture));

    public void Lift() => Write("pids.max", "max");

    /// <summary>To be called when the family is gone.</summary>
    public async ValueTask DisposeAsync() => await Deadline.UntilAsync(
        () =>
        {
            try
            {
                Directory.Delete(_group);
                return true;
            }
            catch (IOException)
            {
                return false; // the last process is on its way out
            }
        },
        "the control group is empty");

    private static string? Create()
    {
        foreach (var root in Roots)
        {
            var group = Path.Combine(root, $"endless-{Guid.NewGuid():N}");
            try
            {
                Directory.CreateDirectory(group);
                if (File.Exists(Path.Combine(group, "pids.max"))) return group;
                Directory.Delete(group);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Not here.
            }
        }
        return null;
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_group, file), text);
}
