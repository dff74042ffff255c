using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Supervision;

/// <summary>A test whose program is PID 1 of a namespace of its own: skipped, and says why, where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithPidNamespaceAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(WhyNot);

    public FactWithPidNamespaceAttribute() => Skip = Reason.Value;

    private static string? WhyNot()
    {
        if (Tool.Find("unshare") is null) return "not installed: unshare";
        var (code, output) = Tool.TryRunAsync("unshare", "--pid", "--fork", "--mount-proc", "true").GetAwaiter().GetResult();
        return code == 0 ? null : $"no PID namespaces: {output.Trim()}";
    }
}
