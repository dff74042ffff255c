using System.Diagnostics;
using System.Text.Json;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Reference;

/// <summary>Go's net/http, asked about many cases at once: the program of this folder, compiled once for all tests. Only where go is installed (<see cref="FactWithToolsAttribute"/>).</summary>
internal static class GoReference
{
    private static readonly Lazy<Task<string>> Program = new(BuildAsync);

    /// <summary>Go's answer to each case, in order.</summary>
    /// <param name="subject">A name in <c>subjects</c> of the Go program.</param>
    /// <param name="cases">Each goes over as one JSON value, its properties in camelCase.</param>
    public static async Task<List<TAnswer>> AskAsync<TCase, TAnswer>(string subject, IReadOnlyList<TCase> cases)
    {
        using var process = Process.Start(new ProcessStartInfo(await Program.Value, [subject]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            var asking = AskAsync(process, cases);
            var answers = new List<TAnswer>();
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline.Default) is { } line) answers.Add(JsonSerializer.Deserialize<TAnswer>(line, JsonSerializerOptions.Web)!);
            await process.WaitForExitAsync().WaitAsync(Deadline.Default);
            if (process.ExitCode != 0) throw new InvalidOperationException($"The Go program failed at case {answers.Count}: {await errors}");
            await asking;
            return answers;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static async Task AskAsync<TCase>(Process process, IReadOnlyList<TCase> cases)
    {
        foreach (var one in cases) await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(one, JsonSerializerOptions.Web));
        process.StandardInput.Close();
    }

    private static async Task<string> BuildAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Reference");
        var program = Path.Combine(source, "reference");
        var start = new ProcessStartInfo(Tool.Find("go")!, ["build", "-o", program, .. Directory.GetFiles(source, "*.go")])
        {
            RedirectStandardError = true,
            Environment = { ["GO111MODULE"] = "off", ["GOFLAGS"] = "", ["GOCACHE"] = Path.Combine(source, "cache") },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5)); // the first time, of the standard library too
        if (process.ExitCode != 0) throw new InvalidOperationException($"The Go program was not compiled: {await errors}");
        return program;
    }
}
