using Endless.Http.Connections;
using Endless.Http.Workers;

namespace Endless.Http.Semantics;

/// <summary>The state of a request that came on no connection.</summary>
internal sealed class DetachedExchange : IExchange
{
    public Connection? Connection => null;

    public CancellationToken Draining => default;

    public SchedulingMode Scheduling => SchedulingMode.Inline;

    public bool SharesConnection => false;

    public bool IsAbandoned => false;

    public BlockingSite? Site { set { } }

    public FieldLines Fields { get; } = new();

    public void WatchPeer(Request request) { }

    public void CancelRequest(Request request) => request.Cancel();

    public void SetReadDeadline(long milliseconds) { }

    public void SetWriteDeadline(long milliseconds) { }

    public void OnLateUse(Request request, string member) { }

    public void OnOverlap(Request request, string member) { }
}
