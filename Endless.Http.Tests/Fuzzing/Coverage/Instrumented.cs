using System.Reflection;
using System.Runtime.Loader;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>A copy of the server that tells which ways it goes, and one of these tests that is bound to it, beside the real ones. Everything else is shared.</summary>
internal sealed class Instrumented : AssemblyLoadContext
{
    private static readonly Lazy<Instrumented> Only = new(static () => new Instrumented());

    private readonly Assembly _http;
    private readonly Assembly _tests;

    private Instrumented()
        : base("instrumented")
    {
        _http = LoadFromStream(new MemoryStream(new CoverageRewriter().Rewrite(typeof(EndlessServer).Assembly.Location)));
        using var tests = File.OpenRead(typeof(Instrumented).Assembly.Location);
        using var symbols = File.OpenRead(Path.ChangeExtension(typeof(Instrumented).Assembly.Location, ".pdb"));
        _tests = LoadFromStream(tests, symbols);
    }

    /// <summary>Calls a static method of a type of these tests in the copy. What goes in and comes out is of types that both know.</summary>
    public static object? Invoke(Type type, string method, params object?[] arguments) =>
        Only.Value._tests.GetType(type.FullName!, throwOnError: true)!.GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(EndlessServer).Assembly.GetName().Name) return _http;
        return assemblyName.Name == typeof(Instrumented).Assembly.GetName().Name ? _tests : null;
    }
}
