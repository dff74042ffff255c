using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Systemd;

/// <summary>A test that boots systemd in namespaces of its own: skipped, and says why, where that is not allowed or there is no systemd.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithSystemdAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(WhyNot);

    public FactWithSystemdAttribute() => Skip = Reason.Value;

    private static string? WhyNot()
    {
        string[] missing = [.. new[] { "unshare", "nsenter", "systemctl" }.Where(tool => Tool.Find(tool) is null)];
        if (missing.Length > 0) return $"not installed: {string.Join(", ", missing)}";
        if (!File.Exists(SystemdMachine.Init)) return $"not installed: {SystemdMachine.Init}";

        // Everything the machine needs that may be forbidden, in mounts that nobody else sees.
        const string attempt = "mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir /run/cgroup && mount -t cgroup2 cgroup2 /run/cgroup && test -w /run/cgroup/cgroup.procs && mount -o remount,bind,ro /";
        var (code, output) = Tool.TryRunAsync("unshare", "--pid", "--fork", "--mount", "--uts", "--cgroup", "--mount-proc", "sh", "-c", attempt).GetAwaiter().GetResult();
        return code == 0 ? null : $"no namespaces to run systemd in: {output.Trim().Split('\n')[0]}";
    }
}
