using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>From exec to the first answer, and what the process then holds of the machine's memory.</summary>
internal static class StartUp
{
    private const int Rounds = 15;

    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /plaintext HTTP/1.1\r\nHost: start\r\nConnection: close\r\n\r\n");

    /// <param name="programs">Each with a function from a port to its command line.</param>
    public static async Task RunAsync(IReadOnlyList<(string Name, Func<int, string[]> Command)> programs)
    {
        var times = programs.Select(_ => new Series()).ToList();
        var memory = new ProcessMemory[programs.Count];
        for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < programs.Count; i++)
                memory[i] = await StartAsync(programs[i].Command, times[i]);
        Console.WriteLine($"exec to first answer, median of {Rounds} rounds in turn; memory at that moment\n");
        Console.WriteLine("| program              | ms     | least to most   | RSS KiB | private KiB |");
        Console.WriteLine("|----------------------|-------:|----------------:|--------:|------------:|");
        for (var i = 0; i < programs.Count; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {programs[i].Name,-20} | {times[i].Median,6:0.0} | {$"{times[i].Least:0.0} to {times[i].Most:0.0}",15} | {memory[i].Resident,7:#,0} | {memory[i].Private,11:#,0} |"));
    }

    private static async Task<ProcessMemory> StartAsync(Func<int, string[]> command, Series times)
    {
        var port = FreePort();
        string[] line = command(port);
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()));
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            while (!Answers(port))
                if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(20)) throw new InvalidOperationException($"{line[0]} does not answer.");
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            return ProcessMemory.Of([process.Id]);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            socket.Send(Request);
            return socket.Receive(new byte[1024]) > 0;
        }
        catch (SocketException)
        {
            Thread.Sleep(TimeSpan.FromMicroseconds(200)); // not listening yet: the start-up needs the core more
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
