using System.IO.Pipelines;
using System.Text;
using Endless.Http.AspNetCore.Features;
using Endless.Http.AspNetCore.Serving;
using Endless.Http.Budgets;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Load;
using Endless.Http.Semantics;
using Endless.Http.Tests.Protocols;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.AspNetCore.Tests.Features;

/// <summary>Writes that wait for their client, on a connection in memory.</summary>
public sealed class SendingTests
{
    private const int Length = 300_000;

    /// <summary>
    /// Race: two looks at one write, between which its client took it, had each leave the request to the other. The request was never left, and the end of its response waited for that: the client never got it.
    /// </summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_write_may_be_done_at_any_moment(bool isAdvanced)
    {
        var connection = new MemoryConnection();
        var received = 0L;
        var protocol = new ProtocolContext
        {
            Handler = new ApplicationHandler<IFeatureCollection>(new Application(isAdvanced), new ApplicationSettings()),
            Logger = NullLogger.Instance,
            Limits = new(),
            Timeouts = new(),
            Budget = new ProcessBudget(),
        };
        // Behind the write, and before what it came to is looked at. What is read here lets it go on, on this thread.
        connection.Deferring = () => received += Take(connection.FromServer);
        await connection.ToServer.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        // The server's threads have no synchronization context: what goes on inline there must not find the test's.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var serving = new Http1Connection(connection, protocol).ServeAsync().AsTask();
        SynchronizationContext.SetSynchronizationContext(context);
        Assert.InRange(received, Length, long.MaxValue);

        var tail = "";
        while (!tail.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await connection.FromServer.ReadAsync().AsTask().WaitAsync(Deadline.Default);
            tail += Encoding.Latin1.GetString(read.Buffer);
            connection.FromServer.AdvanceTo(read.Buffer.End);
        }
        connection.CloseByClient();
        Assert.Equal(ConnectionOutcome.Close, await serving.WaitAsync(Deadline.Default));
    }

    private static long Take(PipeReader reader)
    {
        var taken = 0L;
        while (reader.TryRead(out var read))
        {
            taken += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
        }
        return taken;
    }

    private sealed class Application(bool isAdvanced) : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public async Task ProcessRequestAsync(IFeatureCollection context)
        {
            var writer = context.Get<IHttpResponseBodyFeature>()!.Writer;
            if (isAdvanced)
            {
                writer.GetSpan(Length).Clear();
                writer.Advance(Length);
                await writer.FlushAsync();
            }
            else
            {
                await writer.WriteAsync(new byte[Length]);
            }
        }

        public void DisposeContext(IFeatureCollection context, Exception? exception) { }
    }
}
