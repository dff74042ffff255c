using System.Globalization;

namespace Endless.Http.Tests.Attack;

/// <summary>What an attack cost its target and others.</summary>
/// <param name="Name">The attack.</param>
/// <param name="Sent">Bytes that the attacker sent.</param>
/// <param name="CpuMicroseconds">The target's processor time, beyond what its other client takes.</param>
/// <param name="HeldBytes">By how much its memory grew.</param>
/// <param name="Threads">Its threads at most.</param>
/// <param name="Before">The other client's 99th percentile without the attack, in milliseconds.</param>
/// <param name="During">And with it.</param>
/// <param name="Longest">Its longest wait with it.</param>
/// <param name="Failures">Its requests that were not answered.</param>
/// <param name="IsBack">A fresh client is answered within 5 s of the attack's end.</param>
/// <param name="ExitCode">Of the target upon SIGTERM, with the attacker gone; null if it did not end.</param>
internal sealed record AttackOutcome(string Name, long Sent, double CpuMicroseconds, long HeldBytes, int Threads, double Before, double During, double Longest, int Failures, bool IsBack, int? ExitCode)
{
    public const double MostCpuPerByte = 1;
    public const double MostHeldPerByte = 100;
    public const double LongestWait = 100;

    /// <summary>Memory that a process takes for work of any kind, which no attacker can add to: below that the bytes held say nothing.</summary>
    private const long WorkingSet = 16 << 20;

    public double CpuPerByte => CpuMicroseconds / Math.Max(Sent, 1);

    public double HeldPerByte => HeldBytes / (double)Math.Max(Sent, 1);

    /// <summary>The target has survived, and serves others.</summary>
    public bool IsSurvived => IsBack && ExitCode == 0;

    /// <summary>The goals that were missed, each in a word or two.</summary>
    public IReadOnlyList<string> Missed()
    {
        var missed = new List<string>();
        if (!IsBack) missed.Add("not back after 5 s");
        if (ExitCode != 0) missed.Add(ExitCode is { } code ? $"ended with {code}" : "did not end");
        if (Failures > 0) missed.Add($"{Failures} not answered");
        if (CpuPerByte > MostCpuPerByte) missed.Add("CPU");
        if (HeldBytes > WorkingSet && HeldPerByte > MostHeldPerByte) missed.Add("memory");
        if (Longest > LongestWait) missed.Add("longest wait");
        if (During > 2 * Before) missed.Add("p99");
        return missed;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name,-44} {Sent / 1024.0,9:N0} {CpuPerByte,8:0.000} {HeldBytes / 1048576.0,6:0} {HeldPerByte,8:N0} {Threads,7} {Before,6:0.0} {During,7:0.0} {Longest,8:0}   {(Missed() is { Count: > 0 } missed ? string.Join(", ", missed) : "within the goals")}");

    public static string Header => $"{"attack",-44} {"KiB sent",9} {"µs/byte",8} {"MiB",6} {"B/byte",8} {"threads",7} {"p99",6} {"under",7} {"longest",8}";
}
