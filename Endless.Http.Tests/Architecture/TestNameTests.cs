using System.Reflection;

namespace Endless.Http.Tests.Architecture;

/// <summary>A test's name says a behaviour, in what fits a line of a report.</summary>
public sealed class TestNameTests
{
    private const int MostCharacters = 80;

    [Fact]
    public void No_test_has_a_name_of_more_than_80_characters()
    {
        var tests = typeof(TestNameTests).Assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FactAttribute))).Select(method => method.Name).ToList();
        Assert.True(tests.Count > 1_000, "The tests are not found.");
        Assert.DoesNotContain(tests, name => name.Length > MostCharacters);
    }
}
