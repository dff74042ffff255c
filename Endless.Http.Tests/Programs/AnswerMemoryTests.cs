using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Server;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Programs;

/// <summary>What a connection needed for a large answer does not stay with it while it is idle. The memory of the whole process is looked at.</summary>
[Collection(nameof(IdleMemoryTests))]
public sealed class AnswerMemoryTests
{
    private const int Answer = 8 << 20;

    [Theory]
    [InlineData("in one piece", 40)]
    [InlineData("not flushed", 40)]
    [InlineData("in pieces", 1_000)]
    public async Task An_idle_connection_holds_nothing_of_an_answer_of_8_MiB(string way, int connections)
    {
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, r) =>
        {
            if (r.Path == "/small") return;
            w.Header.Set("Content-Length", $"{Answer}");
            if (way == "in pieces")
            {
                for (var left = Answer; left > 0;)
                {
                    var count = Math.Min(left, w.BodyWriter.GetMemory(100_000).Length);
                    w.BodyWriter.Advance(count);
                    left -= count;
                    await w.BodyWriter.FlushAsync();
                }
            }
            else
            {
                w.BodyWriter.GetMemory(Answer);
                w.BodyWriter.Advance(Answer);
                if (way == "in one piece") await w.BodyWriter.FlushAsync();
            }
        }));
        using var clients = new BareClients(server);
        // What the process and its pools need once, whatever the number of connections. The first hundred hold about 3.6 KB each and the later ones 2 KB, whatever they asked for.
        for (var i = 0; i < 20; i++) Ask(clients, isLarge: true);
        for (var i = 0; i < 200; i++) Ask(clients, isLarge: false);
        var idle = Math.Max(Measure(isLarge: false, 300), 2 * 1024);
        // The process itself grows a little meanwhile, whatever the number of connections: by a pool's block of 64 KiB, say. What it grew by once it does not grow by again; what connections hold, each holds.
        var most = idle + Math.Max(128, 64 * 1024 / connections);
        var large = Measure(isLarge: true, connections);
        for (var again = 0; again < 3 && large >= most; again++) large = Math.Min(large, Measure(isLarge: true, connections));
        Assert.True(large < most, $"A connection holds {large:#,0} bytes after a large answer, and {idle:#,0} after a small one.");

        long Measure(bool isLarge, int count)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 0; i < count; i++) Ask(clients, isLarge);
            return (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        }
    }

    private static unsafe void Ask(BareClients clients, bool isLarge)
    {
        var client = clients.Send(isLarge ? "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"u8 : "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        byte* buffer = null;
        for (long received = 0; received < (isLarge ? Answer : 1);)
        {
            var count = Syscall.recv(client, buffer, 16 << 20, MessageFlags.MSG_TRUNC); // not looked at, and so not copied either
            Assert.True(count > 0, $"The answer ends after {received} bytes.");
            received += count;
        }
        clients.AssertIdle();
    }
}
