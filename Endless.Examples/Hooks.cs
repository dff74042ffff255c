using Endless.Http;
using Mono.Unix.Native;

namespace Endless.Examples;

/// <summary>Cleans up before a restart, and gives background work 30 seconds to end.</summary>
internal static class Hooks
{
    public static void Run(string[] args)
    {
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", (w, r) => w.Write("Hello from a server with hooks"));
        server.BeforeBegin = Announce.Listening;

        // Before the new generation starts: what it must not find.
        server.SignalHooks[SignalPhase.PreSignal][Signum.SIGHUP].Add(() => Announce.Say("Cleaning up before the restart"));

        // The old generation, once, while the new one already answers.
        using var stop = new CancellationTokenSource();
        var worker = WorkAsync(stop.Token);
        server.ShutdownInitiated = async drain =>
        {
            stop.Cancel();
            await worker.WaitAsync(TimeSpan.FromSeconds(30), drain);
        };

        server.ListenAndServe();
    }

    private static async Task WorkAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None); // stands for a piece of work that must not be cut short
        Announce.Say("The background work has ended");
    }
}
