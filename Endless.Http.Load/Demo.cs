using System.Diagnostics;
using Mono.Unix.Native;

namespace Endless.Http.Load;

/// <summary>The main job in under a minute: a server under load is restarted five times, and a table says what its clients saw.</summary>
internal static class Demo
{
    private const int Restarts = 5;

    /// <summary>How long the load runs before the first restart and after each.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    /// <returns>The exit code: 0 if every request was answered.</returns>
    public static async Task<int> RunAsync(string examples)
    {
        await using var server = await ServerProcess.StartAsync(examples, ["testserver", "--addr", "127.0.0.1:0"]);
        var options = new LoadOptions();
        Console.WriteLine($"server {server.Pid} on {server.Url}; {options.KeepAliveClients} busy keep-alive clients, a fresh connection every {options.FreshEvery.TotalMilliseconds:0} ms");
        Console.WriteLine($"each restart: kill -HUP, then {Between.TotalSeconds:0} s of load\n");
        Console.WriteLine("restart  new pid  answered after  requests  failed  slowest response");

        var load = await LoadDriver.StartAsync(server.EndPoint, options);
        await Task.Delay(Between);
        var warmUp = load.NextStretch(); // the first requests of a process are slow: they count, their time does not
        var failed = warmUp.Failed;
        var failures = warmUp.Details.ToList();
        var known = new HashSet<int> { server.Pid };
        for (var restart = 1; restart <= Restarts; restart++)
        {
            var old = server.Pid;
            var next = load.NextPidAsync(known);
            var signaled = Stopwatch.GetTimestamp();
            server.Signal(Signum.SIGHUP);
            var (pid, answered) = await next;
            known.Add(pid);
            server.Follow(pid);
            await Task.WhenAll(Task.Delay(Between), server.GoneAsync(old));
            var seen = load.NextStretch();
            Print($"{restart,7}", $"{pid}", Milliseconds(Stopwatch.GetElapsedTime(signaled, answered)), seen);
            failed += seen.Failed;
            failures.AddRange(seen.Details);
        }
        await load.StopAsync();
        failed += load.Counters.Failed;
        failures.AddRange(load.Counters.Details);
        await server.StopAsync();

        Console.WriteLine(failed == 0 ? "\nno request failed" : $"\n{failed} requests failed, among them:\n  {string.Join("\n  ", failures.Take(10))}");
        return failed == 0 ? 0 : 1;
    }

    private static void Print(string restart, string pid, string answered, LoadCounters seen) =>
        Console.WriteLine($"{restart}  {pid,7}  {answered,14}  {seen.Requests,8}  {seen.Failed,6}  {Milliseconds(seen.Slowest),16}");

    private static string Milliseconds(TimeSpan span) => $"{span.TotalMilliseconds:0.0} ms";
}
