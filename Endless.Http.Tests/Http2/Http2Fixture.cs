using System.Collections.Concurrent;
using System.IO.Pipelines;
using Endless.Http.Budgets;
using Endless.Http.Connections;
using Endless.Http.Http2;
using Endless.Http.Semantics;
using Endless.Http.Serving;
using Endless.Http.Tests.Protocols;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http2;

/// <summary>One engine on a connection in memory, and its client.</summary>
internal sealed class Http2Fixture : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    // By default no limit that a slow machine could meet. The time for the preface runs from here on, and a client may come late: it is not that of other header sections.
    public Http2Fixture(
        IHandler handler, ProtocolLimits? limits = null, ProtocolTimeouts? timeouts = null, long pauseWriterThreshold = 64 * 1024, bool select = false, bool yieldsAtOnce = false, int prefaceTimeout = 60_000, bool upgrade = false,
        ProcessBudget? budget = null, ConcurrentQueue<TaskCompletionSource>? turns = null)
    {
        Connection = new MemoryConnection(pauseWriterThreshold, PipeScheduler.ThreadPool) { YieldsAtOnce = yieldsAtOnce, Turns = turns, StateChanged = (_, state) => { lock (States) States.Add(state); } };
        if (timeouts is { ReadHeader: >= 0 }) Connection.ReadDeadline = Environment.TickCount64 + prefaceTimeout;
        var context = new ProtocolContext
        {
            Handler = handler,
            Logger = Logger,
            Limits = limits ?? new() { MinBodyBytesPerSecond = 0 },
            Timeouts = timeouts ?? new() { DrainGrace = 60_000, Linger = 50 },
            UnencryptedHttp2Upgrade = upgrade,
            Budget = budget ?? new(),
        };
        Budget = context.Budget;
        Client = new Http2Client(Connection.ToServer, Connection.FromServer, () => Connection.IsAborted);
        Serving = select ? ProtocolSelector.ServeAsync(Connection, context).AsTask() : new Http2Connection(Connection, context).ServeAsync();
    }

    public Http2Fixture(HandlerFunc handler, ProtocolLimits? limits = null, ProtocolTimeouts? timeouts = null, long pauseWriterThreshold = 64 * 1024)
        : this(Handler.From(handler), limits, timeouts, pauseWriterThreshold)
    {
    }

    public Http2Fixture(AsyncHandlerFunc handler, ProtocolLimits? limits = null, ProtocolTimeouts? timeouts = null, long pauseWriterThreshold = 64 * 1024)
        : this(Handler.From(handler), limits, timeouts, pauseWriterThreshold)
    {
    }

    /// <summary>A server that says hello.</summary>
    public Http2Fixture()
        : this((w, r) =>
        {
            w.Header.Set("Content-Type", "text/plain");
            w.Write("Hello, World!");
        })
    {
    }

    public MemoryConnection Connection { get; }

    /// <summary>What clients may make the process hold.</summary>
    public ProcessBudget Budget { get; }

    public RecordingLogger Logger { get; } = new();

    public List<ConnectionState> States { get; } = [];

    public Http2Client Client { get; }

    /// <summary>Completes with the engine.</summary>
    public Task<ConnectionOutcome> Serving { get; }

    public async Task<ConnectionOutcome> OutcomeAsync() => await Serving.WaitAsync(Deadline);

    /// <summary>Nothing was logged above debug.</summary>
    public void AssertQuietLog() => Assert.DoesNotContain(Logger.Entries, e => e.Level > LogLevel.Debug);

    public async ValueTask DisposeAsync()
    {
        Connection.ResetByClient();
        await OutcomeAsync();
        // A failure of the engine may look like a client's misbehaviour to a test.
        Assert.DoesNotContain(Logger.Entries, e => e.Text.Contains("This is a bug", StringComparison.Ordinal));
    }
}
