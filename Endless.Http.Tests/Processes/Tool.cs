using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>Other people's programs.</summary>
internal static class Tool
{
    /// <summary>Where a program is; null if it is not installed.</summary>
    public static string? Find(string name) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin"
        .Split(':')
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end and returns what it printed, standard output before standard error.</summary>
    /// <exception cref="InvalidOperationException">Its exit code is not 0; the message carries its output.</exception>
    public static async Task<string> RunAsync(string name, params string[] arguments)
    {
        var (code, output) = await TryRunAsync(name, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{name} {string.Join(' ', arguments)}: exit code {code}\n{output}");
    }

    /// <summary>Runs a program to its end and returns its exit code and what it printed.</summary>
    public static async Task<(int Code, string Output)> TryRunAsync(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Find(name)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Deadline.Default);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
