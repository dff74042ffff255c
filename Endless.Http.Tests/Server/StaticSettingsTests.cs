namespace Endless.Http.Tests.Server;

/// <summary>Every server that is made meanwhile takes them: nothing else may run.</summary>
[CollectionDefinition(nameof(StaticSettingsTests), DisableParallelization = true)]
public sealed class StaticSettingsCollection;

/// <summary>As <see cref="SettingsTests"/>, for what belongs to the process.</summary>
[Collection(nameof(StaticSettingsTests))]
public sealed class StaticSettingsTests
{
    public static TheoryData<string> Names => [.. SettingsTests.OfTheProcess];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_taken_or_refused_when_it_is_set(string name) => SettingsTests.Check(name, null);
}
