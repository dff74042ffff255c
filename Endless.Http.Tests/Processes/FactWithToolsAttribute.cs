namespace Endless.Http.Tests.Processes;

/// <summary>A test that needs programs which may not be installed: it is then skipped, and says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithToolsAttribute : FactAttribute
{
    public FactWithToolsAttribute(params string[] tools)
    {
        var missing = tools.Where(tool => Tool.Find(tool) is null).ToArray();
        if (missing.Length > 0) Skip = $"not installed: {string.Join(", ", missing)}";
    }
}
