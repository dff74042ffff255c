namespace Endless.Http.Tests.Conformance;

/// <summary>The classes that probe share one server.</summary>
[CollectionDefinition(Name)]
public sealed class ProbeCollection : ICollectionFixture<ProbedServer>
{
    public const string Name = "probes";
}
