using Endless.Http.Connections;

namespace Endless.Http.Tests.Transport;

/// <summary>Completes when the peer of a connection is gone.</summary>
internal sealed class PeerClosedSignal(TaskCompletionSource closed) : IPeerObserver
{
    public void OnPeerClosed() => closed.TrySetResult();
}
