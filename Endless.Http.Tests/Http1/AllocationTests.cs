using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Tests.Http1;

/// <summary>A request costs its own objects and nothing else: with inline pipes everything happens on the thread that sends.</summary>
public sealed class AllocationTests
{
    private const int Requests = 10_000;

    /// <summary>Of a request that reads and sets header fields.</summary>
    private const int BytesOfEach = 192;

    private static readonly byte[] Hello = "Hello, World!"u8.ToArray();

    private static readonly byte[] One = Encoding.ASCII.GetBytes(
        "GET /plaintext HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: test\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n");

    [Theory]
    [InlineData(1, false)]
    [InlineData(16, false)]
    [InlineData(1, true)]
    public void Ten_thousand_requests_allocate_their_own_objects_alone(int pipelined, bool asynchronous)
    {
        IHandler handler = asynchronous
            ? Handler.From(async (w, r) =>
            {
                w.Header.Set("Content-Type", "text/plain");
                _ = r.Header.Count;
                await w.WriteAsync(Hello);
                await w.WriteAsync(Hello);
            })
            : Handler.From((w, r) =>
            {
                w.Header.Set("Content-Type", "text/plain");
                _ = r.Header.Count;
                w.Write("Hello, World!"u8);
            });
        var server = new Http1Fixture(handler);
        server.Connection.StateChanged = null;
        _ = server.Serving;
        var batch = Enumerable.Repeat(One, pipelined).SelectMany(b => b).ToArray();

        void RoundTrip()
        {
            // A batch comes in parts; what is sent is read before the next.
            server.Connection.ToServer.WriteAsync(batch).GetAwaiter().GetResult();
            Assert.True(server.Connection.FromServer.TryRead(out var result));
            server.Connection.FromServer.AdvanceTo(result.Buffer.End);
        }

        // Until its code is compiled a second time, optimised, it boxes here and there, and when that is done is the runtime's affair. After that the runtime itself
        // makes something now and then (a Date line each second): far less than a byte a request.
        const long Most = Requests * BytesOfEach + Requests / 2;
        long allocated;
        var deadline = Deadline.After();
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Requests / pipelined; i++) RoundTrip();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (allocated > Most && !deadline.Passed);
        Assert.InRange(allocated, 0, Most);
        server.Connection.CloseByClient();
        Assert.True(server.Serving.IsCompletedSuccessfully);
    }
}
