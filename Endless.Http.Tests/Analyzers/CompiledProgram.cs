using System.Collections.Immutable;
using Endless.Http.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Endless.Http.Tests.Analyzers;

/// <summary>C# as a user of the library writes it, compiled in memory against the library and the shared framework, with the implicit usings of a console program.</summary>
internal sealed class CompiledProgram
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':').Where(IsOfAProgram).Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly CSharpCompilation _compilation;

    private CompiledProgram(CSharpCompilation compilation) => _compilation = compilation;

    public static CompiledProgram Of(OutputKind kind, params string[] sources) => new(CSharpCompilation.Create(
        "Program",
        sources.Prepend(ImplicitUsings).Select(source => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest))),
        References,
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable)));

    /// <summary>Errors and warnings of the compiler.</summary>
    public IReadOnlyList<string> Problems() => [.. _compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString())];

    /// <summary>What the package's analyzers say: id and text of the code that is meant.</summary>
    public async Task<IReadOnlyList<string>> AnalyzeAsync()
    {
        var diagnostics = await _compilation.WithAnalyzers([new UnawaitedCallAnalyzer(), new AsyncVoidHandlerAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).Select(diagnostic => $"{diagnostic.Id} {diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan)}")];
    }

    /// <summary>Writes it as a program that <c>dotnet</c> runs.</summary>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public void Write(string file)
    {
        using var output = File.Create(file);
        var result = _compilation.Emit(output);
        if (!result.Success) throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
    }

    private static bool IsOfAProgram(string path) => Path.GetFileName(path) is var name &&
        (name.StartsWith("System.", StringComparison.Ordinal) || name is "Endless.Http.dll" or "Mono.Posix.NETStandard.dll" or "Microsoft.Extensions.Logging.Abstractions.dll" or "netstandard.dll" or "mscorlib.dll" or "Microsoft.Win32.Primitives.dll");
}
