using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Server;

/// <summary>The slower side sets the pace, and what the faster side has to say waits in its own memory.</summary>
public class BackPressureTests
{
    private const long Gibibyte = 1L << 30;

    /// <summary>Room for what the two sockets and a block or two hold; a gibibyte that piles up is far beyond it.</summary>
    private const long Flat = 48 << 20;

    [Fact]
    public async Task A_response_of_1_GiB_to_a_reader_that_pauses_holds_memory_flat()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var client = await ConnectAsync(server.EndPoint);
        var buffer = new byte[256 * 1024];
        await client.SendAsync("GET /pid HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await client.ReceiveAsync(buffer);
        var before = ProcessStatus.ResidentBytes(server.Pid);

        await client.SendAsync(Encoding.ASCII.GetBytes($"GET /big?n={Gibibyte} HTTP/1.1\r\nHost: x\r\n\r\n"));
        var highest = before;
        for (long received = 0, looked = 0; received < Gibibyte;)
        {
            var count = await client.ReceiveAsync(buffer).WaitAsync(Deadline.Default);
            Assert.NotEqual(0, count);
            received += count;
            if (received - looked < 32 << 20) continue;
            looked = received;
            // A pause: until the server, too, has come to rest.
            await RestAsync(() => ProcessStatus.ResidentBytes(server.Pid));
            highest = Math.Max(highest, ProcessStatus.ResidentBytes(server.Pid));
        }
        Assert.True(highest - before < Flat, $"{before >> 20} MiB before, {highest >> 20} MiB at most");
    }

    [Fact]
    public async Task A_body_of_1_GiB_waits_for_a_handler_that_reads_slowly()
    {
        long read = 0;
        var pace = new SemaphoreSlim(0);
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, r) =>
        {
            while (true)
            {
                await pace.WaitAsync();
                var result = await r.Body.ReadAsync();
                Interlocked.Add(ref read, result.Buffer.Length);
                r.Body.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
            await w.WriteAsync(read.ToString(CultureInfo.InvariantCulture));
        }));
        using var client = await ConnectAsync(server.Server.LocalEndPoint!);
        await client.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {Gibibyte}\r\n\r\n"));
        long sent = 0;
        var sending = Task.Run(async () =>
        {
            var block = new byte[256 * 1024];
            while (Volatile.Read(ref sent) < Gibibyte) Interlocked.Add(ref sent, await client.SendAsync(block));
        });

        await Deadline.UntilAsync(() => Volatile.Read(ref sent) > 0, "some of it has been sent");
        await RestAsync(() => Volatile.Read(ref sent));
        Assert.InRange(sent, 1, Flat); // nothing is read: only what sockets hold is on its way
        pace.Release(10);
        await Deadline.UntilAsync(() => Volatile.Read(ref read) > 0, "the handler has read");
        await RestAsync(() => Volatile.Read(ref sent));
        Assert.InRange(sent, 1, read + Flat);
        pace.Release(int.MaxValue / 2);
        await sending.WaitAsync(Deadline.Default);
        var answer = new byte[1000];
        var length = await client.ReceiveAsync(answer).WaitAsync(Deadline.Default);
        Assert.EndsWith($"\r\n\r\n{Gibibyte}", Encoding.ASCII.GetString(answer, 0, length));
    }

    /// <summary>Waits until a figure has stayed the same for ten looks in a row.</summary>
    private static async Task RestAsync(Func<long> figure)
    {
        var same = 0;
        var last = -1L;
        await Deadline.UntilAsync(() =>
        {
            var now = figure();
            same = now == last ? same + 1 : 0;
            last = now;
            return same >= 10;
        }, "it has come to rest");
    }

    private static async Task<Socket> ConnectAsync(EndPoint server)
    {
        var client = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(server);
        return client;
    }
}
