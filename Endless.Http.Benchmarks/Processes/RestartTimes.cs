using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>
/// How long a restart takes beside idle connections: from the signal to the first answer of the new process. "Standard" is a stop by SIGTERM and a new start, as with a
/// server that cannot do better. Memory is that of all generations together, descriptors are the newest one's.
/// </summary>
internal static class RestartTimes
{
    private const int Rounds = 5;
    private const int WarmUpRequests = 500;

    private static readonly int[] Connections = [100, 1_000, 10_000];

    public static async Task<string> RunAsync(IReadOnlyList<(string Name, string Program)> programs)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine("| program    | idle connections | standard ms | endless ms | least to most  | idle closed | requests lost | private MiB before | at the peak | open descriptors before | after |");
        text.WriteLine("|------------|-----------------:|------------:|-----------:|---------------:|------------:|--------------:|-------------------:|------------:|------------------------:|------:|");
        foreach (var connections in Connections)
        {
            foreach (var (name, program) in programs)
            {
                var (standard, endless) = (new Series(), new Series());
                for (var round = 0; round < Rounds; round++) standard.Add(await StandardAsync(program, connections));
                var seen = await EndlessAsync(program, connections, endless);
                text.WriteLine($"| {name,-10} | {connections,16:#,0} | {standard.Median,11:0.0} | {endless.Median,10:0.0} | {$"{endless.Least:0.0} to {endless.Most:0.0}",14} | {seen.Closed,11} | {seen.Lost,13} | {seen.Before / 1024.0,18:0.0} | {seen.Peak / 1024.0,11:0.0} | {seen.DescriptorsBefore,23} | {seen.DescriptorsAfter,5} |");
            }
        }
        return text.ToString();
    }

    private static async Task<double> StandardAsync(string program, int connections)
    {
        await using var server = await ServerProcess.StartAsync(program, ["testserver", "--addr", FreeAddress()]);
        var load = await LoadDriver.StartAsync(server.EndPoint, Load(connections) with { FreshEvery = TimeSpan.Zero });
        var begin = Stopwatch.GetTimestamp();
        server.Signal(Signum.SIGTERM);
        await load.StopAsync(); // the clients leave, else the drain would wait for its grace time
        await server.GoneAsync(server.Pid);
        await using var next = await ServerProcess.StartAsync(program, ["testserver", "--addr", server.Addresses[0]]);
        using var client = await ClientConnection.ConnectAsync(next.EndPoint, Deadline.Default);
        await client.RequestAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static async Task<Seen> EndlessAsync(string program, int connections, Series times)
    {
        await using var server = await ServerProcess.StartAsync(program, ["testserver", "--addr", FreeAddress()]);
        var load = await LoadDriver.StartAsync(server.EndPoint, Load(connections));
        await Deadline.UntilAsync(() => load.Counters.Requests >= WarmUpRequests, $"{WarmUpRequests} requests are answered");
        load.NextStretch(); // a process is slow while it warms up
        var (before, descriptors) = (ProcessMemory.Of([server.Pid]).Private, Descriptors(server.Pid));
        var pids = new HashSet<int> { server.Pid };
        var peak = before;
        for (var round = 0; round < Rounds; round++)
        {
            var old = server.Pid;
            var answered = load.NextPidAsync(pids);
            var begin = Stopwatch.GetTimestamp();
            server.Signal(Signum.SIGHUP);
            var (pid, timestamp) = await answered;
            times.Add(Stopwatch.GetElapsedTime(begin, timestamp).TotalMilliseconds);
            pids.Add(pid);
            server.Follow(pid);
            var gone = server.GoneAsync(old);
            do peak = Math.Max(peak, ProcessMemory.Of([old, pid]).Private);
            while (await Task.WhenAny(gone, Task.Delay(20)) != gone);
        }
        var lost = load.Counters.Failed;
        var closed = await load.RenewIdleAsync();
        var after = Descriptors(server.Pid); // every idle connection has been asked, and so is one that the new process has
        await load.StopAsync();
        await server.StopAsync();
        return new(before, peak, descriptors, after, closed, lost);
    }

    /// <summary>Chosen beforehand: Go's endless does not know which port it was given in place of 0.</summary>
    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"{listener.LocalEndpoint}";
    }

    private static LoadOptions Load(int connections) => new() { KeepAliveClients = 0, IdleConnections = connections };

    private static int Descriptors(int pid) => Directory.GetFiles($"/proc/{pid}/fd").Length;

    private readonly record struct Seen(long Before, long Peak, int DescriptorsBefore, int DescriptorsAfter, int Closed, long Lost);
}
