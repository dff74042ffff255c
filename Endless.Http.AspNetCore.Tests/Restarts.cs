using System.Globalization;

namespace Endless.Http.AspNetCore.Tests;

/// <summary>How often a test restarts what it tests.</summary>
internal static class Restarts
{
    private const string Variable = "ENDLESS_TEST_RESTARTS";

    /// <summary>As many as the variable says, for longer runs.</summary>
    public static int Count { get; } = int.Parse(Environment.GetEnvironmentVariable(Variable) ?? "2", CultureInfo.InvariantCulture);
}
