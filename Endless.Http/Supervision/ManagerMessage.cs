using System.Globalization;

namespace Endless.Http.Supervision;

/// <summary>What a generation tells its service manager in one datagram: assignments, one a line (sd_notify(3)).</summary>
internal sealed record ManagerMessage(IReadOnlyList<string> Assignments)
{
    /// <summary>What concerns the service as a whole. Not MAINPID: outside, the supervisor is the main process. Nor the store: it is kept here.</summary>
    private static readonly string[] ForOutside = ["READY=", "RELOADING=", "MONOTONIC_USEC=", "STOPPING=", "STATUS=", "EXTEND_TIMEOUT_USEC=", "WATCHDOG=1"];

    /// <summary>The process that is the main one from now on; 0 if it names none.</summary>
    internal int MainProcessId => int.TryParse(Value("MAINPID="), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 1 ? id : 0;

    internal bool IsReady => Value("READY=") == "1";

    /// <summary>A restart begins; it ends with ready, whatever came of it.</summary>
    internal bool IsReloading => Value("RELOADING=") == "1";

    internal bool IsStopping => Value("STOPPING=") == "1";

    /// <summary>The name under which the descriptors that came along are to be kept; null if they are not.</summary>
    internal string? Store => Value("FDSTOREREMOVE=") != "1" && Value("FDSTORE=") == "1" ? StoreName : null;

    /// <summary>The name whose descriptors are to be kept no longer; null for none.</summary>
    internal string? Forget => Value("FDSTOREREMOVE=") == "1" ? StoreName : null;

    /// <summary>What a service manager outside hears of it; empty for nothing.</summary>
    internal string Relayed => string.Join('\n', Assignments.Where(line => ForOutside.Any(name => line.StartsWith(name, StringComparison.Ordinal))));

    private string StoreName => Value("FDNAME=") ?? "stored";

    private string? Value(string name) => Assignments.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
