using Endless.Http.Diagnostics;
using Endless.Http.Restart;

namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>Passes the steps of a restart on to the application, which may do with its thread what it likes.</summary>
    private sealed class RestartEvents(EndlessServer server) : IGenerationObserver
    {
        /// <summary>How long a process that is about to end waits for what was raised: that it was handed on, mostly, which may have been a moment ago.</summary>
        private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

        private volatile Task _raised = Task.CompletedTask; // set by the restarter, one step after the other

        public void RestartBegan() => Raise(nameof(Restarting), server.Restarting, static handlers => handlers());

        public void HandedOn(int number, int processId) => Raise(nameof(Restarted), server.Restarted, handlers => handlers(RestartResult.Success(number, processId)));

        void IGenerationObserver.RestartFailed(string reason) => Raise(nameof(EndlessServer.RestartFailed), server.RestartFailed, handlers => handlers(reason));

        public void Ended() => _raised.Wait(LastMoment);

        private void Raise<T>(string name, T? handlers, Action<T> raise) where T : Delegate
        {
            if (handlers is null) return;
            var call = Task.Factory.StartNew(() =>
            {
                try
                {
                    raise(handlers);
                }
                catch (Exception e)
                {
                    server.Log.RestartEventFailed(e, name);
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            _raised = _raised.IsCompleted ? call : Task.WhenAll(_raised, call);
        }
    }
}
