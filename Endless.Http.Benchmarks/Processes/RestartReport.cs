using System.Globalization;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>The restart times as a page: <c>docs/benchmarks/restart.md</c>.</summary>
internal static class RestartReport
{
    public static async Task WriteAsync(string file, string table, DateTimeOffset started, double load)
    {
        var page = string.Create(CultureInfo.InvariantCulture, $"""
            # Restart times

            Written by `./build.sh bench restart`; do not edit.

            {started:yyyy-MM-dd HH:mm}. {Machine.Description}. Load average {load:0.0} before and {Machine.Load:0.0} after: above the number of cores, others used them too.

            From the signal to the first answer of the new process, seen by a client that makes a fresh connection every millisecond, beside idle keep-alive connections; medians.
            Standard: stop by SIGTERM and start again, clients gone. Endless: SIGHUP, with a fresh connection every millisecond, and the idle connections handed over.
            Go's endless is the library whose name this one bears, where its source is on the machine; it closes the idle connections and serves no warm-up.
            "Idle closed" and "requests lost" are what the clients saw over all restarts; memory is the private memory of both generations together.

            {table}
            The article that introduces endless for Go gives, for 100, 1,000 and 10,000 connections: standard 23, 187 and 1,432 ms; endless 5, 18 and 215 ms; 32 MB resident before a
            restart and 38 MB at its peak; 23 descriptors before and after.

            """);
        await File.WriteAllTextAsync(file, page);
        Console.WriteLine(table);
    }
}
