using Endless.Http.Semantics;
using Endless.Http.Tests.Interleavings.Exploring;
using Endless.Http.Tests.Messages;

namespace Endless.Http.Tests.Interleavings.Messages;

/// <summary>Two flows of a handler change the same header section, and neither's change is lost; when the request is over the engine clears it, and no change comes later.</summary>
internal sealed class FieldsScenario : Scenario
{
    private readonly FakeExchange _exchange = new();
    private Request _request = null!;
    private Header _header = null!;
    private int _added;

    public override string[] Watched => [nameof(Request)];

    public override string[] WatchedFields => [nameof(FieldLines)];

    public override void Begin(Execution run)
    {
        _request = _exchange.Begin();
        _header = new Header(_exchange.Fields, _request);
        run.Add("first", () => Add("A"));
        run.Add("second", () => Add("B"));
        run.AddFlow("engine", EndAsync);
    }

    public override void End() => Assert.Equal(0, _exchange.Fields.Count);

    private void Add(string name)
    {
        try
        {
            _header.Add(name, "1");
            _added++;
        }
        catch (InvalidOperationException)
        {
            // Too late, and told so.
        }
    }

    private async Task EndAsync()
    {
        await _request.EndAsync(body: null).ConfigureAwait(false);
        Assert.Equal(_added, _exchange.Fields.Count);
        _exchange.Fields.Clear();
    }
}
