using System.Globalization;
using Endless.Http.Load;

namespace Endless.Http.Tests.Attack.Targets;

/// <summary>What the system has for a target.</summary>
/// <param name="Threads">pids.max of its control group; null for no limit.</param>
/// <param name="Descriptors">RLIMIT_NOFILE; null for the one that there is.</param>
/// <param name="HeapMebibytes">The most that .NET's heap may hold, as in a container with little memory; null for no limit.</param>
internal sealed record TargetLimits(int? Threads = null, int? Descriptors = null, int? HeapMebibytes = null)
{
    /// <summary>As a small container has them.</summary>
    public static TargetLimits Tight { get; } = new(Threads: 200, Descriptors: 256, HeapMebibytes: 64);

    /// <summary>Makes what keeps a target within them. Dispose of it when the target is gone.</summary>
    public Confinement Confine() => new(this);

    /// <summary>The limits in force for one target.</summary>
    internal sealed class Confinement(TargetLimits limits) : IAsyncDisposable
    {
        private readonly Torture.ThreadLimit? _threads = limits.Threads is null ? null : new();

        /// <summary>Starts a server, and waits until it listens on all its addresses.</summary>
        public async Task<ServerProcess> StartAsync(IEnumerable<string> command, int addresses)
        {
            // In the group before it runs: a program looks at its limits as it starts.
            var script = "exec \"$@\"";
            if (limits.Descriptors is { } descriptors) script = string.Create(CultureInfo.InvariantCulture, $"ulimit -n {descriptors}; {script}");
            if (limits.HeapMebibytes is { } heap) script = string.Create(CultureInfo.InvariantCulture, $"export DOTNET_GCHeapHardLimit={heap << 20:x}; {script}");
            if (_threads is not null)
            {
                _threads.Set(limits.Threads!.Value);
                script = $"echo $$ > {_threads.ProcessesFile}; {script}";
            }
            return await ServerProcess.StartAsync("/bin/sh", ["-c", script, "sh", .. command], addresses);
        }

        public async ValueTask DisposeAsync()
        {
            if (_threads is not null) await _threads.DisposeAsync();
        }
    }
}
