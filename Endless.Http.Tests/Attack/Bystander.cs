using System.Diagnostics;
using System.Globalization;
using System.Net;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

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

    /// <summary>
    /// Why it competes with the server and the attacker for the processors, so that its waits are also for those; null if it does not. It has the processor whenever it has something to do where the
    /// system lets it (SCHED_FIFO, which takes CAP_SYS_NICE): it stands for a client on a machine of its own.
    /// </summary>
    public static async Task<string?> CompetesAsync()
    {
        if (Tool.Find("chrt") is null) return "chrt is not installed";
        var (code, output) = await Tool.TryRunAsync("chrt", "-f", "1", "true");
        return code == 0 ? null : output.Trim();
    }

    public static async Task<Bystander> StartAsync(EndPoint server)
    {
        string[] program = ["dotnet", typeof(Bystander).Assembly.Location, BystanderProgram.Mode, server.ToString()!];
        if (await CompetesAsync() is null) program = ["chrt", "-f", "1", .. program];
        var start = new ProcessStartInfo(program[0], program[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new Bystander(Process.Start(start) ?? throw new InvalidOperationException($"{program[0]} did not start"));
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
