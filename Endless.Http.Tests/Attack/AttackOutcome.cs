using System.Globalization;

namespace Endless.Http.Tests.Attack;

/// <summary>What an attack cost its target and others.</summary>
/// <param name="Name">The attack.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="Sent">Bytes that the attacker sent.</param>
/// <param name="CpuMicroseconds">The target's processor time, beyond what its other client takes.</param>
/// <param name="HeldBytes">By how much its memory grew.</param>
/// <param name="Threads">Its threads at most.</param>
/// <param name="Quiet">The other client's waits without the attack.</param>
/// <param name="Under">And with it.</param>
/// <param name="IsBack">A fresh client is answered within 5 s of the attack's end.</param>
/// <param name="ExitCode">Of the target upon SIGTERM, with the attacker gone; null if it did not end.</param>
internal sealed record AttackOutcome(string Name, double Seconds, long Sent, double CpuMicroseconds, long HeldBytes, int Threads, Waits Quiet, Waits Under, bool IsBack, int? ExitCode)
{
    public const double MostCpuPerByte = 1;
    public const double MostHeldPerByte = 100;
    public const double LongestWait = 100;

    /// <summary>Ended by an exception that nobody caught.</summary>
    public const int Aborted = 134;

    /// <summary>A twentieth of one processor is no attack, however few bytes it took.</summary>
    private const double LeastCpu = 0.05;

    /// <summary>Memory that a process takes for work of any kind, which no attacker can add to: below that the bytes held say nothing.</summary>
    private const long WorkingSet = 16 << 20;

    public static string Header => $"{"attack",-44} {"server",-13} {"KiB sent",9} {"µs/byte",8} {"MiB",6} {"B/byte",8} {"threads",7} {"p99",6} {"under",7} {"longest",8}";

    /// <summary>The target has survived, and serves others.</summary>
    public bool IsSurvived => IsBack && ExitCode == 0;

    private double CpuPerByte => CpuMicroseconds / Math.Max(Sent, 1);

    private double HeldPerByte => HeldBytes / (double)Math.Max(Sent, 1);

    /// <summary>The goals that were missed, each in a word or two.</summary>
    public IReadOnlyList<string> Missed()
    {
        var missed = new List<string>();
        if (!IsBack) missed.Add("not back after 5 s");
        if (ExitCode != 0) missed.Add(ExitCode is { } code ? $"ended with {code}" : "did not end");
        if (Under.Failures > 0) missed.Add($"{Under.Failures} not answered");
        if (CpuMicroseconds > LeastCpu * Seconds * 1_000_000 && CpuPerByte > MostCpuPerByte) missed.Add("CPU");
        if (HeldBytes > WorkingSet && HeldPerByte > MostHeldPerByte) missed.Add("memory");
        if (Under.Longest > LongestWait) missed.Add("longest wait");
        if (Under.Percentile(99) > 2 * Quiet.Percentile(99)) missed.Add("p99");
        return missed;
    }

    /// <summary>Its row of the table.</summary>
    /// <param name="server">Whose it is.</param>
    /// <param name="verdict">The last column.</param>
    public string ToRow(string server, string verdict) => string.Create(CultureInfo.InvariantCulture,
        $"{Name,-44} {server,-13} {Sent / 1024.0,9:N0} {CpuPerByte,8:0.000} {HeldBytes / 1048576.0,6:0} {HeldPerByte,8:N0} {Threads,7} {Quiet.Percentile(99),6:0.0} {Under.Percentile(99),7:0.0} {Under.Longest,8:0}   {verdict}");
}
