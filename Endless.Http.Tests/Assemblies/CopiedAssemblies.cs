using System.Reflection;
using System.Runtime.Loader;

namespace Endless.Http.Tests.Assemblies;

/// <summary>Copies of the server and of these tests, one of the two or both of them rewritten, beside the real ones. Everything else is shared.</summary>
/// <param name="name">Of the copies.</param>
internal abstract class CopiedAssemblies(string name) : AssemblyLoadContext(name)
{
    /// <summary>The copy of the server.</summary>
    protected Assembly? Http { get; init; }

    /// <summary>The copy of these tests.</summary>
    protected Assembly? Tests { get; init; }

    /// <summary>Calls a static method of a type of these tests in the copy. What goes in and comes out is of types that both know.</summary>
    protected object? Call(Type type, string method, params object?[] arguments) =>
        Tests!.GetType(type.FullName!, throwOnError: true)!.GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(EndlessServer).Assembly.GetName().Name) return Http;
        return assemblyName.Name == typeof(CopiedAssemblies).Assembly.GetName().Name ? Tests : null;
    }
}
