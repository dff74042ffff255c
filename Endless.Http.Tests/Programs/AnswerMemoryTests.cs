using System.Buffers.Binary;
using System.Net;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Server;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Programs;

/// <summary>What a connection needed for a large answer does not stay with it while it is idle. The memory of the whole process is looked at.</summary>
[Collection(nameof(IdleMemoryTests))]
public sealed class AnswerMemoryTests : IDisposable
{
    private const int Answer = 8 << 20;

    private readonly List<int> _clients = [];

    public void Dispose() => _clients.ForEach(client => Syscall.close(client));

    [Theory]
    [InlineData("in one piece", 40)]
    [InlineData("in one piece", 330)]
    [InlineData("in pieces", 40)]
    [InlineData("not flushed", 40)]
    public async Task An_idle_connection_holds_nothing_of_an_answer_of_8_MiB(string way, int connections)
    {
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, r) =>
        {
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
        // What the process and its pools need once, whatever the number of connections.
        for (var i = 0; i < 20; i++) Ask(server);
        var each = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var j = 0; j < connections; j++) Ask(server);
            each.Add((GC.GetTotalMemory(forceFullCollection: true) - before) / connections);
        }
        // The middle one of three, as in IdleMemoryTests.
        Assert.InRange(each.Order().ElementAt(1), long.MinValue, 2 * 1024);
    }

    // Descriptors alone: a Socket is an object of this process too, as large as what is measured.
    private unsafe void Ask(ServerFixture server)
    {
        var address = new SockaddrIn { sa_family = UnixAddressFamily.AF_INET, sin_port = BinaryPrimitives.ReverseEndianness((ushort)((IPEndPoint)server.Server.LocalAddress!).Port) };
        address.sin_addr.s_addr = BitConverter.ToUInt32([127, 0, 0, 1]);
        var client = Syscall.socket(UnixAddressFamily.AF_INET, UnixSocketType.SOCK_STREAM, 0);
        _clients.Add(client);
        Assert.Equal(0, Syscall.connect(client, address));
        fixed (byte* request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8) Assert.Equal(27, Syscall.write(client, request, 27));
        var buffer = stackalloc byte[256 * 1024];
        var received = 0L;
        while (received < Answer)
        {
            var count = Syscall.read(client, buffer, 256 * 1024);
            Assert.True(count > 0, $"The answer ends after {received} bytes.");
            received += count;
        }
        Assert.True(SpinWait.SpinUntil(() => server.Server.Stats.Idle == _clients.Count, ServerFixture.Deadline), "The connection does not become idle.");
    }
}
