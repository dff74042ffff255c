namespace Endless.Http.Tests.Processes;

/// <summary>A test whose program runs as another user, who must be able to read it: skipped, and says why, where that is not so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithAnotherUserAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(WhyNot);

    public FactWithAnotherUserAttribute() => Skip = Reason.Value;

    private static string? WhyNot()
    {
        if (Tool.Find("setpriv") is null) return "not installed: setpriv";
        var (code, output) = Tool.TryRunAsync("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "test", "-x", ExampleProcess.Program).GetAwaiter().GetResult();
        return code == 0 ? null : $"no other user can run the program: {output.Trim()}";
    }
}
