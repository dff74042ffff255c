using System.Diagnostics;
using Mono.Unix.Native;

namespace Endless.Http.Load;

/// <summary>The main job: a server under load is restarted time after time, and a table says what its clients saw.</summary>
internal static class RestartRun
{
    /// <summary>How long the load runs before the first restart, and from each restart to the next.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    /// <param name="examples">The examples' program.</param>
    /// <param name="restarts">How many.</param>
    /// <param name="options">The load.</param>
    /// <returns>The exit code: 0 if every request was answered.</returns>
    public static async Task<int> RunAsync(string examples, int restarts, LoadOptions options)
    {
        using var files = new SelfSignedFiles();
        await using var server = await ServerProcess.StartAsync(examples, ["testserver", "--addr", "127.0.0.1:0", .. options.IsTls ? (string[])["--tls", files.Certificate, files.Key] : []]);
        var load = await LoadDriver.StartAsync(server.EndPoint, options);
        var idle = options.IdleConnections > 0;
        Console.WriteLine($"server {server.Pid} on {server.EndPoint}: {Describe(options)}");
        Console.WriteLine($"restart: kill -HUP, and {Between.TotalSeconds:0} s of load or until the old process is gone\n");
        Console.WriteLine($"restart  new pid  answered after  requests  failed  slowest response{(idle ? "  idle closed" : "")}");

        var failures = new List<string>();
        long failed = 0;
        void Count(LoadCounters seen)
        {
            failed += seen.Failed;
            failures.AddRange(seen.Details);
        }

        await Task.Delay(Between);
        Count(load.NextStretch()); // a process is slow while it warms up: a failure counts, the time does not
        var pids = new HashSet<int> { server.Pid };
        for (var restart = 1; restart <= restarts; restart++)
        {
            var old = server.Pid;
            var answered = load.NextPidAsync(pids);
            var signaled = Stopwatch.GetTimestamp();
            server.Signal(Signum.SIGHUP);
            (int Pid, long Timestamp) next;
            try
            {
                next = await answered;
            }
            catch (TimeoutException)
            {
                Console.WriteLine($"restart {restart}: no new process answers within {Deadline.Default.TotalSeconds:0} s; the server's last words:\n  {string.Join("\n  ", server.Output.Lines.TakeLast(20))}");
                return 1;
            }
            var (pid, timestamp) = next;
            pids.Add(pid);
            server.Follow(pid);
            await Task.WhenAll(Task.Delay(Between), server.GoneAsync(old));
            var seen = load.NextStretch();
            Count(seen);
            Console.WriteLine(
                $"{restart,7}  {pid,7}  {Milliseconds(Stopwatch.GetElapsedTime(signaled, timestamp)),14}  {seen.Requests,8}  {seen.Failed,6}  {Milliseconds(seen.Slowest),16}"
                + (idle ? $"  {await load.RenewIdleAsync(),11}" : ""));
        }
        await load.StopAsync();
        Count(load.Counters);
        await server.StopAsync();

        Console.WriteLine(failed == 0 ? "\nno request failed" : $"\n{failed} requests failed, among them:\n  {string.Join("\n  ", failures.Take(10))}");
        return failed == 0 ? 0 : 1;
    }

    private static string Describe(LoadOptions options)
    {
        var clients = options.Protocol switch
        {
            LoadProtocol.Http1 => $"{options.KeepAliveClients} keep-alive clients",
            LoadProtocol.Tls => $"{options.KeepAliveClients} keep-alive clients over TLS",
            LoadProtocol.H2c => $"{options.KeepAliveClients} HTTP/2 clients in the clear, {options.Streams} requests at a time each",
            _ => $"{options.KeepAliveClients} HTTP/2 clients over TLS, {options.Streams} requests at a time each",
        };
        if (options.Think > TimeSpan.Zero) clients += $", that pause {options.Think.TotalMilliseconds:0} ms between requests";
        if (!options.IsHttp2) clients += $", a fresh connection every {options.FreshEvery.TotalMilliseconds:0} ms";
        return options.IdleConnections > 0 ? $"{clients}, {options.IdleConnections} idle connections" : clients;
    }

    private static string Milliseconds(TimeSpan span) => $"{span.TotalMilliseconds:0.0} ms";
}
