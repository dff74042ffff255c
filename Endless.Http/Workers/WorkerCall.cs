using System.Diagnostics;
using Endless.Http.Native;

namespace Endless.Http.Workers;

/// <summary>A call of application code on a worker, from where it began until it returned its thread: was it quick, so that a loop would not have minded?</summary>
/// <remarks>
/// By the clock alone a loaded machine fools it: a call that stood in line for a processor looks like one that slept. Endpoints of an application that were taken for blocking while they were
/// compiled did not come back to the loops while a load generator shared the processors. So where the clock says slow, the kernel is asked whether the thread ran that long, or gave its processor up by itself.
/// </remarks>
internal readonly struct WorkerCall
{
    private const long QuickMicroseconds = 1_000;

    private static readonly long QuickTicks = Stopwatch.Frequency / 1000;

    private readonly long _start;
    private readonly ThreadUsage? _usage;

    private WorkerCall(ThreadUsage? usage) => (_start, _usage) = (Stopwatch.GetTimestamp(), usage);

    /// <summary>The calling thread begins a call.</summary>
    public static WorkerCall Begin() => new(ThreadUsage.Now);

    /// <summary>The call has returned its thread, which is the calling one: it took less than a millisecond, or would have if the thread had had a processor.</summary>
    public bool IsQuick => Stopwatch.GetTimestamp() - _start < QuickTicks
        || (_usage is { } before && ThreadUsage.Now is { } now && now.Sleeps == before.Sleeps && now.ProcessorTime - before.ProcessorTime < QuickMicroseconds);
}
