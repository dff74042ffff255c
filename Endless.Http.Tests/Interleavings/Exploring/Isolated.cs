using System.Reflection;
using System.Runtime.Loader;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>The rewritten copies of the server and of these tests, beside the real ones. Everything else is shared.</summary>
internal sealed class Isolated : AssemblyLoadContext
{
    private static readonly Lazy<Isolated> Only = new(static () => new Isolated());

    private readonly Assembly _http;
    private readonly Assembly _tests;

    private Isolated()
        : base("rewritten")
    {
        var rewriter = new Rewriter();
        var http = rewriter.Rewrite(typeof(EndlessServer).Assembly.Location);
        var tests = rewriter.Rewrite(typeof(Isolated).Assembly.Location);
        _http = LoadFromStream(new MemoryStream(http));
        _tests = LoadFromStream(new MemoryStream(tests));
        Call(typeof(Points), nameof(Points.Declare), rewriter.Declarations);
    }

    /// <summary>Calls a public static method of a type of these tests in its rewritten copy.</summary>
    public static object? Invoke(Type type, string method, params object?[] arguments) => Only.Value.Call(type, method, arguments);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(EndlessServer).Assembly.GetName().Name) return _http;
        return assemblyName.Name == typeof(Isolated).Assembly.GetName().Name ? _tests : null;
    }

    private object? Call(Type type, string method, params object?[] arguments) =>
        _tests.GetType(type.FullName!, throwOnError: true)!.GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
