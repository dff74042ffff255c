using System.ComponentModel;
using System.Diagnostics;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>A load generator's process.</summary>
internal static class ToolProcess
{
    /// <summary>Runs it to its end and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It is missing or failed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', process.StartInfo.ArgumentList)} failed:\n{output}");
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"{program} is not installed.", exception);
        }
    }
}
