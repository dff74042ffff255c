using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>A client in somebody else's language, which prints what happens to it. Dispose of it: that ends it.</summary>
internal sealed class ScriptProcess(string name, params string[] arguments) : IDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo(Tool.Find(name)!, arguments) { RedirectStandardOutput = true })!;

    /// <summary>The next line; null at the end.</summary>
    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Deadline.Default);

    /// <summary>Waits until it has ended.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Deadline.Default);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
