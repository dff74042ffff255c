using Endless.Http.Protocols;
using Endless.Http.Tests.Interleavings.Exploring;
using Endless.Http.Tests.Interleavings.Transport;
using Endless.Http.Transport;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>A connection that is served by the engine of HTTP/1.1, from its socket to its handler. A derived scenario is handler and client.</summary>
internal abstract class Http1Scenario : SocketScenario, IHandler
{
    private ProtocolContext _context = null!;

    public override string[] Watched => ["Endless.Http.Messages", "Endless.Http.Protocols", "Endless.Http.Http1"];

    protected ScenarioLog Log { get; } = new();

    protected virtual ProtocolTimeouts Timeouts => new();

    public override void Begin(Execution run)
    {
        _context = new ProtocolContext { Handler = this, Logger = Log, UnencryptedHttp2 = false, Timeouts = Timeouts };
        base.Begin(run);
    }

    public override void End()
    {
        base.End();
        Assert.DoesNotContain(Log.Entries, static entry => entry.Contains("This is a bug", StringComparison.Ordinal));
    }

    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        try
        {
            await AnswerAsync(w, r);
        }
        catch (Exception exception)
        {
            // The engine would log it and answer with 500.
            World.Note($"The handler threw {exception}");
        }
    }

    /// <summary>The handler.</summary>
    protected abstract Task AnswerAsync(ResponseWriter w, Request r);

    protected override ValueTask<ConnectionOutcome> ServeAsync() => ProtocolSelector.ServeAsync(Connection, _context);
}
