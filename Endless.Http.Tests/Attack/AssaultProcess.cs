using System.Diagnostics;
using System.Globalization;
using System.Net;
using Endless.Http.Load;

namespace Endless.Http.Tests.Attack;

/// <summary>The process of an attacker (<see cref="AssaultProgram"/>), with what the other processes leave of the processors (SCHED_IDLE): on a machine of its own it would take none from them.</summary>
internal sealed class AssaultProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AssaultProcess(Process process) => _process = process;

    /// <summary>Starts an attack, and returns as it begins.</summary>
    public static async Task<AssaultProcess> StartAsync(AttackPlan plan, EndPoint server, double seconds)
    {
        string[] arguments = ["-i", "0", "dotnet", typeof(AssaultProcess).Assembly.Location, AssaultProgram.Mode, plan.Name, server.ToString()!, seconds.ToString(CultureInfo.InvariantCulture)];
        var assault = new AssaultProcess(Process.Start(new ProcessStartInfo("chrt", arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("chrt did not start"));
        if (await assault._process.StandardOutput.ReadLineAsync().WaitAsync(Deadline.Default) == AssaultProgram.Begun) return assault;
        await assault.DisposeAsync();
        throw new InvalidOperationException("The attacker did not begin.");
    }

    /// <summary>The attack's end. The bytes that were sent.</summary>
    public async Task<long> EndAsync() => long.Parse(await _process.StandardOutput.ReadLineAsync().WaitAsync(Deadline.Default) ?? throw new InvalidOperationException("The attacker has ended."), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
