using Endless.Http.Generations;


namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>Passes the steps of a restart on to the application, which may do with its thread what it likes.</summary>
    private sealed class RestartEvents(EndlessServer server) : IGenerationObserver
    {
        private volatile Task _raised = Task.CompletedTask; // set by the restarter, one step after the other

        public void RestartBegan() => Raise(nameof(Restarting), server.Restarting, static handlers => handlers());

        public void HandedOn(int number, int processId) => Raise(nameof(Restarted), server.Restarted, handlers => handlers(RestartResult.Success(number, processId)));

        void IGenerationObserver.RestartFailed(string reason) => Raise(nameof(EndlessServer.RestartFailed), server.RestartFailed, handlers => handlers(reason));

        /// <summary>That the process was handed on may have been raised a moment ago: it ends when the application has heard of it, which may take as long as a hook.</summary>
        public void Ended()
        {
            var patience = server.StartTimeout.TotalMilliseconds;
            _raised.Wait(patience is > 0 and < int.MaxValue ? (int)patience : Timeout.Infinite);
        }

        private void Raise<T>(string name, T? handlers, Action<T> raise) where T : Delegate
        {
            if (handlers is null) return;
            var call = ApplicationCallback.Start(() => raise(handlers), name, () => server.Log);
            _raised = _raised.IsCompleted ? call : Task.WhenAll(_raised, call);
        }
    }
}
