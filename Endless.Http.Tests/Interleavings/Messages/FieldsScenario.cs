using Endless.Http.Messages;
using Endless.Http.Tests.Interleavings.Exploring;
using Endless.Http.Transport;

namespace Endless.Http.Tests.Interleavings.Messages;

/// <summary>Two flows of a handler change the same header section, and neither's change is lost; when the request is over the engine clears it, and no change comes later.</summary>
internal sealed class FieldsScenario : Scenario, IExchange
{
    private Request _request = null!;
    private Header _header = null!;
    private int _added;

    public override string[] Watched => [nameof(Request)];

    public override string[] WatchedFields => [nameof(FieldLines)];

    public Connection? Connection => null;

    public CancellationToken Draining => default;

    public SchedulingMode Scheduling => default;

    public bool SharesConnection => false;

    public FieldLines Fields { get; } = new();

    public override void Begin(Execution run)
    {
        _request = new Request(this, new ControlData("GET", null, ProtocolVersion.Http11, ""), contentLength: 0, RequestBody.None);
        _header = new Header(Fields, _request);
        run.Add("first", () => Add("A"));
        run.Add("second", () => Add("B"));
        run.AddFlow("engine", EndAsync);
    }

    public override void End() => Assert.Equal(0, Fields.Count);

    public void WatchPeer(Request request) { }

    public void CancelRequest(Request request) { }

    public void OnLateUse(Request request, string member) { }

    public void OnOverlap(Request request, string member) { }

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
        Assert.Equal(_added, Fields.Count);
        Fields.Clear();
    }
}
