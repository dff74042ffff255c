namespace Endless.Http.Tests.Processes;

/// <summary>The programs of this repository that tests start, where the build put them.</summary>
internal static class ProgramFile
{
    /// <summary>A program in the output of its own project: beside the tests it would miss what ASP.NET Core's framework gives them.</summary>
    public static string Of(string project)
    {
        var output = AppContext.BaseDirectory;
        return Path.Combine(output.Replace($"/{typeof(ProgramFile).Assembly.GetName().Name}/", $"/{project}/", StringComparison.Ordinal), project);
    }
}
