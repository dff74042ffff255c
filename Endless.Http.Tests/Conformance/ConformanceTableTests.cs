using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Endless.Http.Tests.Conformance;

/// <summary>docs/http1-conformance.md names tests that are there.</summary>
public sealed partial class ConformanceTableTests
{
    [Fact]
    public void Every_test_that_the_table_names_exists()
    {
        var tests = typeof(ConformanceTableTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();
        var named = Name().Matches(File.ReadAllText(Table())).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(named.Count > 50, "The table has been emptied.");
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    private static string Table([CallerFilePath] string file = "") => Path.GetFullPath("../../docs/http1-conformance.md", Path.GetDirectoryName(file)!);

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Name();
}
