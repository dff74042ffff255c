using Microsoft.CodeAnalysis;

namespace Endless.Http.Tests.Analyzers;

/// <summary>What the compiler is told of handlers whose response ends before they do.</summary>
public sealed class HandlerAnalyzersTests
{
    [Theory]
    [InlineData("w.WriteAsync(\"x\");")]
    [InlineData("w.FlushAsync();")]
    [InlineData("w.BodyWriter.FlushAsync();")]
    [InlineData("w.BodyWriter.WriteAsync(new byte[1]);")]
    [InlineData("w.WriteAsync(\"x\").WaitAsync(default(CancellationToken));")]
    [InlineData("w.WriteAsync(\"x\").ConfigureAwait(false).GetAwaiter().OnCompleted(() => { });", false)]
    [InlineData("r.Body.ReadAsync();")]
    [InlineData("r.ReadBodyAsync();")]
    [InlineData("r.BodyStream.CopyToAsync(Stream.Null);")]
    [InlineData("_ = w.WriteAsync(\"x\");", false)]
    [InlineData("await w.WriteAsync(\"x\");", false)]
    [InlineData("w.Write(\"x\");", false)]
    [InlineData("Task.Delay(1);", false)]
    [InlineData("Stream.Null.WriteAsync(new byte[1]);", false)]
    public async Task A_call_that_nobody_awaits_is_warned_of(string statement, bool warned = true)
    {
        var found = await AnalyzeAsync($"public static async Task HandleAsync(ResponseWriter w, Request r) {{ await Task.Yield(); {statement} }}");
        Assert.Equal(warned ? [$"EHTTP001 {statement.TrimEnd(';')}"] : [], found);
        if (statement.StartsWith("await ")) return;
        found = await AnalyzeAsync($"public static void Handle(ResponseWriter w, Request r) {{ {statement} }}");
        Assert.Equal(warned ? [$"EHTTP001 {statement.TrimEnd(';')}"] : [], found);
    }

    [Theory]
    [InlineData("(w, r) => w.WriteAsync(\"x\")", "EHTTP001 w.WriteAsync(\"x\")")]
    [InlineData("async (w, r) => await w.WriteAsync(\"x\")", "EHTTP002 async (w, r) => await w.WriteAsync(\"x\")")]
    [InlineData("Later", "EHTTP002 Later")]
    [InlineData("(w, r) => w.Write(\"x\")", null)]
    [InlineData("Now", null)]
    public async Task A_handler_that_ends_too_early_is_warned_of(string handler, string? warning)
    {
        var found = await AnalyzeAsync($$"""
            public static HandlerFunc Handler = {{handler}};
            private static async void Later(ResponseWriter w, Request r) => await w.WriteAsync("x");
            private static void Now(ResponseWriter w, Request r) => w.Write("x");
            """);
        Assert.Equal(warning is null ? [] : [warning], found);
    }

    [Fact]
    public async Task An_async_lambda_where_both_are_taken_is_awaited() =>
        Assert.Empty(await AnalyzeAsync("""public static void Register(ServeMux mux) { mux.HandleFunc("/", async (w, r) => await w.WriteAsync("x")); mux.HandleFunc("/x", (w, r) => w.WriteAsync("x")); }"""));

    private static async Task<IReadOnlyList<string>> AnalyzeAsync(string members)
    {
        var program = CompiledProgram.Of(OutputKind.DynamicallyLinkedLibrary, $"using Endless.Http;\npublic static class Handlers\n{{\n{members}\n}}");
        Assert.DoesNotContain(program.Problems(), problem => problem.Contains("error"));
        return await program.AnalyzeAsync();
    }
}
