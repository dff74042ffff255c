using Endless.Http.Tests.Analyzers;
using Microsoft.CodeAnalysis;

namespace Endless.Http.Tests.Documentation;

/// <summary>
/// What a newcomer copies out of the documents compiles: each block is the Program.cs of a project that has the package and implicit usings, and says the other usings that it needs. A fragment need not say where
/// <c>server</c>, <c>mux</c>, <c>handler</c> and <c>database</c> come from.
/// </summary>
public sealed class SnippetTests
{
    private const string Surroundings = """
        global using static Surroundings;

        internal static class Surroundings
        {
            public static Endless.Http.EndlessServer server { get; } = null!;
            public static Endless.Http.ServeMux mux { get; } = null!;
            public static Endless.Http.IHandler handler { get; } = null!;
            public static Database database { get; } = null!;
        }

        internal sealed class Database
        {
            public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => new(!cancellationToken.IsCancellationRequested);
        }
        """;

    public static TheoryData<string, int> Places
    {
        get
        {
            var places = new TheoryData<string, int>();
            foreach (var snippet in Snippet.All()) places.Add(snippet.Page, snippet.Line);
            return places;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_snippet_compiles_without_a_warning(string page, int line)
    {
        var snippet = Snippet.All().Single(other => other.Page == page && other.Line == line);
        var program = CompiledProgram.Of(OutputKind.ConsoleApplication, snippet.Code, Surroundings);
        Assert.Empty(program.Problems());
        Assert.Empty(await program.AnalyzeAsync());
    }

    [Fact]
    public void The_readme_begins_with_a_program() => Assert.Contains("ListenAndServe", Snippet.All().First().Code);

    [Fact]
    public void A_snippet_without_its_usings_is_found()
    {
        var program = CompiledProgram.Of(OutputKind.ConsoleApplication, "mux.Handle(\"/\", HealthHandler.Liveness());", Surroundings);
        Assert.Contains(program.Problems(), problem => problem.Contains("HealthHandler"));
    }
}
