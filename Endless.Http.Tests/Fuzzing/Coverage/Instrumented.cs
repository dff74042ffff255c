using Endless.Http.Tests.Assemblies;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>A copy of the server that tells which ways it goes, and one of these tests that is bound to it.</summary>
internal sealed class Instrumented : CopiedAssemblies
{
    private static readonly Lazy<Instrumented> Only = new(static () => new Instrumented());

    private Instrumented()
        : base("instrumented")
    {
        Http = LoadFromStream(new MemoryStream(new CoverageRewriter().Rewrite(typeof(EndlessServer).Assembly.Location)));
        using var tests = File.OpenRead(typeof(Instrumented).Assembly.Location);
        using var symbols = File.OpenRead(Path.ChangeExtension(typeof(Instrumented).Assembly.Location, ".pdb"));
        Tests = LoadFromStream(tests, symbols);
    }

    /// <inheritdoc cref="CopiedAssemblies.Call"/>
    public static object? Invoke(Type type, string method, params object?[] arguments) => Only.Value.Call(type, method, arguments);
}
