namespace Endless.Http.Tests.Torture;

/// <summary>A test with a limit of threads: skipped, and says why, where none can be set.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithThreadLimitAttribute : FactAttribute
{
    internal static readonly Lazy<string?> Reason = new(ThreadLimit.Missing);

    public FactWithThreadLimitAttribute() => Skip = Reason.Value;
}

/// <inheritdoc cref="FactWithThreadLimitAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryWithThreadLimitAttribute : TheoryAttribute
{
    public TheoryWithThreadLimitAttribute() => Skip = FactWithThreadLimitAttribute.Reason.Value;
}
