using Endless.Http.Tests.Assemblies;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>The rewritten copies of the server and of these tests.</summary>
internal sealed class Isolated : CopiedAssemblies
{
    private static readonly Lazy<Isolated> Only = new(static () => new Isolated());

    private Isolated()
        : base("rewritten")
    {
        var rewriter = new Rewriter();
        var http = rewriter.Rewrite(typeof(EndlessServer).Assembly.Location);
        var tests = rewriter.Rewrite(typeof(Isolated).Assembly.Location);
        Http = LoadFromStream(new MemoryStream(http));
        Tests = LoadFromStream(new MemoryStream(tests));
        Call(typeof(Points), nameof(Points.Declare), rewriter.Declarations);
    }

    /// <inheritdoc cref="CopiedAssemblies.Call"/>
    public static object? Invoke(Type type, string method, params object?[] arguments) => Only.Value.Call(type, method, arguments);
}
