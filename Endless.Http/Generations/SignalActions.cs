using Endless.Http.Diagnostics;
using Endless.Http.Signals;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>What each signal does to a generation. Thread-safe.</summary>
/// <param name="members">The generation's servers.</param>
/// <param name="restarter">Its restarts.</param>
/// <param name="gate">Behind it the generation is ready.</param>
/// <param name="restart">Restarts the generation.</param>
/// <param name="logger">Where the generation logs.</param>
internal sealed class SignalActions(GenerationMembers members, Restarter restarter, StartGate gate, Func<Task<RestartResult>> restart, Func<ILogger> logger)
{
    private readonly Lock _lock = new();
    private readonly Interrupts _interrupts = new();
    private readonly List<TaskCompletionSource<RestartResult>> _requests = [];

    /// <summary>What comes of the next restart by a signal, to be posted after this call: of an attempt, then, that begins after it.</summary>
    internal Task<RestartResult> ExpectRestart()
    {
        var request = new TaskCompletionSource<RestartResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _requests.Add(request);
        return request.Task;
    }

    /// <summary>Does what a signal does. Returns soon.</summary>
    internal void Act(HandledSignal signal) => Act(signal, signal);

    private void Act(HandledSignal signal, HandledSignal received)
    {
        switch (signal)
        {
            case HandledSignal.SIGHUP:
                _ = RestartOnSignalAsync();
                break;
            case HandledSignal.SIGINT:
                switch (_interrupts.Note(TimeSpan.FromMilliseconds(Environment.TickCount64)))
                {
                    case Interrupt.Echo:
                        break;
                    case Interrupt.First:
                        Act(HandledSignal.SIGTERM, HandledSignal.SIGINT);
                        break;
                    case Interrupt.Again:
                        Act(HandledSignal.SIGTERM, HandledSignal.SIGINT); // one that waits out its StopDelay drains first
                        Act(HandledSignal.SIGUSR2, HandledSignal.SIGINT);
                        break;
                }
                break;
            case HandledSignal.SIGTERM:
                _ = restarter.AbandonAsync(out var handsOn);
                if (members.Listeners.Count == 0)
                    logger().SignalNoted(received.ToString(), "already draining; SIGUSR2 ends that at once");
                if (handsOn) break;
                foreach (var member in members.All) member.BeginDrain(handedOn: false);
                break;
            case HandledSignal.SIGUSR2:
                var hammered = false;
                foreach (var member in members.All) hammered |= member.Hammer();
                if (!hammered) logger().SignalNoted(received.ToString(), "nothing is draining");
                break;
        }
    }

    private async Task RestartOnSignalAsync()
    {
        TaskCompletionSource<RestartResult>[] requests;
        lock (_lock)
        {
            requests = [.. _requests];
            _requests.Clear();
        }
        if (!gate.IsOpen)
        {
            // Whoever signalled meant the service, and this process will be it in a moment.
            logger().SignalNoted(nameof(HandledSignal.SIGHUP), "this generation is not ready itself; it restarts as soon as it is");
            await gate.Opened.ConfigureAwait(false);
        }
        var result = await restart().ConfigureAwait(false);
        if (result is { Began: false, Reason: { } refusal }) logger().SignalNoted(nameof(HandledSignal.SIGHUP), refusal);
        foreach (var request in requests) request.SetResult(result);
    }
}
