using Endless.Http.Diagnostics;
using Endless.Http.Restart;

namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>Passes the steps of a restart on to the application, which may do with its thread what it likes.</summary>
    private sealed class RestartEvents(EndlessServer server) : IGenerationObserver
    {
        public void RestartBegan() => Raise(nameof(Restarting), server.Restarting, static handlers => handlers());

        public void HandedOn(int number, int processId) => Raise(nameof(Restarted), server.Restarted, handlers => handlers(RestartResult.Success(number, processId)));

        void IGenerationObserver.RestartFailed(string reason) => Raise(nameof(EndlessServer.RestartFailed), server.RestartFailed, handlers => handlers(reason));

        private void Raise<T>(string name, T? handlers, Action<T> call) where T : Delegate
        {
            if (handlers is null) return;
            _ = Task.Factory.StartNew(() =>
            {
                try
                {
                    call(handlers);
                }
                catch (Exception e)
                {
                    server.Log.RestartEventFailed(e, name);
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }
}
