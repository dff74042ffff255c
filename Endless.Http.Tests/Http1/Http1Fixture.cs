using System.IO.Pipelines;
using System.Text;
using Endless.Http.Budgets;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Semantics;
using Endless.Http.Tests.Protocols;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

/// <summary>One engine on a connection in memory, and its client.</summary>
internal sealed class Http1Fixture : IAsyncDisposable
{
    private readonly Func<Task<ConnectionOutcome>> _serve;
    private Task<ConnectionOutcome>? _serving;

    public Http1Fixture(IHandler handler, ProtocolLimits? limits = null, ProtocolTimeouts? timeouts = null, long pauseWriterThreshold = 64 * 1024,
        PipeScheduler? scheduler = null, ProcessBudget? budget = null, ILogger? logger = null)
    {
        Connection = new MemoryConnection(pauseWriterThreshold, scheduler) { StateChanged = (_, state) => States.Add(state) };
        var context = new ProtocolContext { Handler = handler, Logger = logger ?? Logger, Limits = limits ?? new(), Timeouts = timeouts ?? new(), Budget = budget ?? new() };
        Client = new ResponseReader(Connection.FromServer);
        _serve = () => ServeAsync(context);
    }

    public Http1Fixture(HandlerFunc handler, ProtocolLimits? limits = null, ProtocolTimeouts? timeouts = null)
        : this(Handler.From(handler), limits, timeouts)
    {
    }

    public Http1Fixture(AsyncHandlerFunc handler, ProtocolLimits? limits = null, ProtocolTimeouts? timeouts = null)
        : this(Handler.From(handler), limits, timeouts)
    {
    }

    public MemoryConnection Connection { get; }

    public RecordingLogger Logger { get; } = new();

    public List<ConnectionState> States { get; } = [];

    /// <summary>Reads the responses.</summary>
    public ResponseReader Client { get; }

    /// <summary>Completes with the engine, which starts with the first bytes, as on a socket.</summary>
    public Task<ConnectionOutcome> Serving => _serving ??= _serve();

    public async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        // The server's threads have no synchronization context, and so what runs inline here must not find the test's.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var sending = Connection.ToServer.WriteAsync(bytes);
        _ = Serving;
        SynchronizationContext.SetSynchronizationContext(context);
        await sending;
    }

    /// <summary>Sends a whole request and reads its response.</summary>
    public async Task<Response> RoundTripAsync(string request)
    {
        await SendAsync(request);
        return await Client.ReadAsync(isHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    public async Task<ConnectionOutcome> OutcomeAsync() => await Serving.WaitAsync(ResponseReader.Deadline);

    /// <summary>Nothing was logged above debug.</summary>
    public void AssertQuietLog() => Assert.DoesNotContain(Logger.Entries, e => e.Level > LogLevel.Debug);

    public async ValueTask DisposeAsync()
    {
        Connection.CloseByClient();
        Connection.FromServer.Complete();
        await OutcomeAsync();
    }

    // As the transport does it: on whichever thread the engine ends, and the socket is closed behind it.
    private async Task<ConnectionOutcome> ServeAsync(ProtocolContext context)
    {
        var engine = new Http1Connection(Connection, context);
        Connection.Tag = engine;
        var outcome = await engine.ServeAsync().ConfigureAwait(false);
        if (outcome == ConnectionOutcome.Close) Connection.Close();
        return outcome;
    }
}
