using System.Diagnostics;
using System.Globalization;
using System.Net;
using Endless.Http.Load;

namespace Endless.Http.Tests.Attack;

/// <summary>The process of a well-behaved client (<see cref="BystanderProgram"/>).</summary>
internal sealed class Bystander : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private volatile Waits _waits = new();

    private Bystander(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    public static Bystander Start(EndPoint server)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Bystander).Assembly.Location, BystanderProgram.Mode, server.ToString()!]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new Bystander(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"));
    }

    /// <summary>Its waits from now on.</summary>
    public Waits Begin() => _waits = new Waits();

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Deadline.Default);
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (double.TryParse(line, CultureInfo.InvariantCulture, out var milliseconds)) _waits.Add(milliseconds);
            else _waits.AddFailure();
        }
    }
}
