using System.Text;
using Endless.Http.Connections;
using Endless.Http.Semantics;
using Endless.Http.Workers;

namespace Endless.Http.Tests.Messages;

/// <summary>The state of a request that no engine serves, and what was said of its misuse.</summary>
internal sealed class FakeExchange : IExchange
{
    public Connection? Connection { get; init; }

    public CancellationToken Draining => default;

    public SchedulingMode Scheduling => default;

    public bool SharesConnection => false;

    public bool IsAbandoned { get; init; }

    public BlockingSite? Site { get; set; }

    public FieldLines Fields { get; } = new();

    /// <summary>What was called after the request was over, as far as it was told.</summary>
    public List<string> LateUses { get; } = [];

    /// <summary>What was refused because another was under way, as far as it was told.</summary>
    public List<string> Overlaps { get; } = [];

    /// <summary>A request that came on no connection, or on one that nobody serves.</summary>
    public static Request Request(string target = "/", Connection? connection = null) => new FakeExchange { Connection = connection }.Begin(target);

    /// <summary>Begins a GET request of this exchange.</summary>
    public Request Begin(string target = "/") =>
        new(this, new ControlData("GET", RequestTarget.Parse("GET", Encoding.ASCII.GetBytes(target)), ProtocolVersion.Http11, "localhost"), contentLength: 0, RequestBody.None);

    public void WatchPeer(Request request) { }

    public void CancelRequest(Request request) => request.Cancel();

    public void SetReadDeadline(long milliseconds) { }

    public void SetWriteDeadline(long milliseconds) { }

    public void OnLateUse(Request request, string member) => LateUses.Add($"{member} {request.Name}");

    public void OnOverlap(Request request, string member) => Overlaps.Add($"{member} {request.Name}");
}
