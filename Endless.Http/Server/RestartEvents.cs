using Endless.Http.Generations;

namespace Endless.Http.Server;

/// <summary>Passes the steps of a restart on to the application, which may do with its thread what it likes.</summary>
internal sealed class RestartEvents(EndlessServer server) : IGenerationObserver
{
    private volatile Task _raised = Task.CompletedTask; // set by the generation's thread, one step after the other

    public void RestartBegan() => Raise(nameof(EndlessServer.Restarting), server.OnRestarting);

    public void SuccessorTookOver(int number, int processId) => Raise(nameof(EndlessServer.Restarted), server.OnRestarted(RestartResult.Success(number, processId)));

    void IGenerationObserver.RestartFailed(string reason) => Raise(nameof(EndlessServer.RestartFailed), server.OnRestartFailed(RestartResult.Failed(reason)));

    /// <summary>That the next generation took over may have been raised a moment ago: it ends when the application has heard of it, which may take as long as a hook.</summary>
    public void Ended()
    {
        var patience = server.StartTimeout.TotalMilliseconds;
        _raised.Wait(patience is > 0 and < int.MaxValue ? (int)patience : Timeout.Infinite);
    }

    private void Raise(string name, Action? raise)
    {
        if (raise is null) return; // a thread for nobody is not made
        var call = ApplicationCallback.Start(raise, name, () => server.Log);
        _raised = _raised.IsCompleted ? call : Task.WhenAll(_raised, call);
    }
}
