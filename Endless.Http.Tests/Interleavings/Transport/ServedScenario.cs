using Endless.Http.Connections;
using Endless.Http.Semantics;
using Endless.Http.Serving;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A connection that is served by an engine, from its socket to its handlers. A derived scenario is the engine's choice, handlers and client.</summary>
internal abstract class ServedScenario : SocketScenario, IHandler
{
    private ProtocolContext _context = null!;

    protected ScenarioLog Log { get; } = new();

    public override void Begin(Execution run)
    {
        _context = NewContext();
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
            // The engine would log it, and answer with 500 or reset the stream.
            World.Note($"The handler threw {exception}");
        }
    }

    /// <summary>What the engine is to go by: this scenario is its handler, and <see cref="Log"/> hears of it.</summary>
    protected abstract ProtocolContext NewContext();

    /// <summary>The handler.</summary>
    protected abstract Task AnswerAsync(ResponseWriter w, Request r);

    protected override ValueTask<ConnectionOutcome> ServeAsync() => ProtocolSelector.ServeAsync(Connection, _context);
}
