using System.Diagnostics;
using Mono.Unix.Native;

namespace Endless.Http.Load;

/// <summary>The main job: a server under load is restarted time after time, and a table says what its clients saw.</summary>
internal static class RestartRun
{
    /// <summary>How long the load runs before the first restart, and from each restart to the next where the probation is what it is by default.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    /// <summary>The same where it is told: long runs are to be of restarts.</summary>
    private static readonly TimeSpan BetweenTold = TimeSpan.FromMilliseconds(500);

    /// <param name="program">The program, see <see cref="LoadTarget"/>.</param>
    /// <param name="restarts">How many.</param>
    /// <param name="options">The load.</param>
    /// <param name="probation">In milliseconds; null leaves the default.</param>
    /// <returns>The exit code: 0 if every request was answered, nothing has grown, and, where connections can be handed over, none was closed.</returns>
    public static async Task<int> RunAsync(string program, int restarts, LoadOptions options, int? probation = null)
    {
        var between = probation is null ? Between : BetweenTold;
        using var files = new SelfSignedFiles();
        var target = new LoadTarget(program, files);
        options = target.Fit(options);
        await using var server = await target.StartAsync(options.IsTls, probation);
        using var stalls = new StallWatch();
        var load = await LoadDriver.StartAsync(server.EndPoint, options);
        Console.WriteLine($"server {server.Pid} on {server.EndPoint}: {Describe(options)}");
        Console.WriteLine($"restart: kill -HUP, and {between.TotalSeconds:0.#} s of load or until the old process is gone{(probation is null ? "" : $"; probation {probation} ms")}");
        Console.WriteLine("old gone: from the end of the probation; load stalled: the longest that the clients' own process could not run, which a slowest response contains\n");
        Console.WriteLine("restart  new pid  answered after  old gone  requests  failed  reconnects  slowest response  load stalled  RSS MiB   fds  threads");

        var failures = new List<string>();
        var slowest = new List<TimeSpan>();
        long failed = 0, reconnects = 0;
        void Count(LoadCounters seen)
        {
            failed += seen.Failed;
            reconnects += seen.AnnouncedCloses;
            failures.AddRange(seen.Details);
        }

        await Task.Delay(Between); // a process is slow while it warms up
        var trend = new FiguresTrend();
        for (var restart = 1; restart <= restarts; restart++)
        {
            var old = server.Pid;
            // Looking at a process with 10,000 descriptors holds it up: a failure meanwhile counts, the time does not.
            Count(load.NextStretch());
            stalls.Next();
            var answered = load.NextPidAsync(new HashSet<int> { old }); // only that one: in a long run pids come back
            var gone = TimeToEndAsync(server, old);
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
            server.Follow(pid);
            await Task.WhenAll(Task.Delay(between), gone);
            var seen = load.NextStretch();
            var stalled = stalls.Next();
            Count(seen);
            var closed = await load.RenewIdleAsync();
            reconnects += closed;
            slowest.Add(seen.Slowest);
            var figures = ProcessFigures.Of(pid);
            trend.Add(figures);
            Console.WriteLine(
                $"{restart,7}  {pid,7}  {Milliseconds(Stopwatch.GetElapsedTime(signaled, timestamp)),14}  {Milliseconds(await gone),8}  {seen.Requests,8}  {seen.Failed,6}  {seen.AnnouncedCloses + closed,10}"
                + $"  {Milliseconds(seen.Slowest),16}  {Milliseconds(stalled),12}  {figures.ResidentMegabytes,7:0.0}  {figures.Descriptors,4}  {figures.Threads,7}");
        }
        await load.StopAsync();
        Count(load.Counters);
        await server.StopAsync();

        slowest.Sort();
        Console.WriteLine($"\nslowest response: median {Milliseconds(slowest[slowest.Count / 2])}, worst {Milliseconds(slowest[^1])}");
        Console.WriteLine(trend.Summary);
        Console.WriteLine(trend.Growth ?? "nothing has grown");
        Console.WriteLine($"{reconnects} reconnects");
        Console.WriteLine(failed == 0 ? "no request failed" : $"{failed} requests failed, among them:\n  {string.Join("\n  ", failures.Take(10))}");
        return failed == 0 && trend.Growth is null && (reconnects == 0 || options.Protocol != LoadProtocol.Http1) ? 0 : 1;
    }

    /// <summary>How long a generation takes, once it trusts the next one, to hand over what it has and end. To be called before it is restarted.</summary>
    private static async Task<TimeSpan> TimeToEndAsync(ServerProcess server, int pid)
    {
        // In a long run pids come back, and so do the lines that name them. A host's log names none; there it is the only line of its kind.
        bool Begins(string line) => line.Contains("stopped accepting; finishing", StringComparison.Ordinal) && (line.Contains($"pid {pid}: ", StringComparison.Ordinal) || line.StartsWith("      ", StringComparison.Ordinal));
        await server.Output.WaitForAsync(Begins, server.Output.Lines.Count(Begins) + 1);
        var start = Stopwatch.GetTimestamp();
        await server.GoneAsync(pid);
        return Stopwatch.GetElapsedTime(start);
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
