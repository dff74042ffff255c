namespace Endless.Http.Tests.Processes;

/// <summary>A test with a file system of its own: skipped, and says why, where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithMountNamespaceAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(WhyNot);

    public FactWithMountNamespaceAttribute() => Skip = Missing;

    /// <summary>Why none can be mounted; null if one can.</summary>
    internal static string? Missing => Reason.Value;

    private static string? WhyNot()
    {
        if (Tool.Find("unshare") is null) return "not installed: unshare";
        var (code, output) = Tool.TryRunAsync("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt").GetAwaiter().GetResult();
        return code == 0 ? null : $"nothing can be mounted: {output.Trim()}";
    }
}
