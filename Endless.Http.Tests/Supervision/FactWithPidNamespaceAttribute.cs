using System.Diagnostics;
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
        if (Tool.Find("unshare") is not { } unshare) return "not installed: unshare";
        using var process = Process.Start(new ProcessStartInfo(unshare, ["--pid", "--fork", "--mount-proc", "true"]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"no PID namespaces: {errors.Trim()}";
    }
}
