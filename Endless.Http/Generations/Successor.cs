using System.Diagnostics;
using Endless.Http.Channels;
using Endless.Http.Diagnostics;
using Endless.Http.Spawning;
using Endless.Http.Transport;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>The next generation from its spawn to its end, as the generation that started it sees it.</summary>
internal sealed class Successor(IChildProcess process, int ownProcessId, GenerationInfo info, Func<ILogger> logger)
{
    /// <summary>How long a child that said it failed, or closed its channel, gets to end by itself, so that its exit status can be told.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    // Whatever comes first decides: the child's word, its end, the start timeout, or this process's own stop.
    private readonly TaskCompletionSource<string?> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal int ProcessId => process.Id;

    /// <summary>This end of the channel to it. Free for others once <see cref="WaitUntilReadyAsync"/> has completed.</summary>
    internal ControlChannel Control => process.Control;

    /// <summary>Null once it is ready; otherwise why it will not be.</summary>
    /// <param name="startTimeout">How long it has; infinite unless positive.</param>
    /// <param name="stopping">This process stops.</param>
    internal async Task<string?> WaitUntilReadyAsync(TimeSpan startTimeout, CancellationToken stopping)
    {
        var conversation = Task.Factory.StartNew(Converse, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = NoticeEndAsync(conversation);
        using var timeout = new CancellationTokenSource();
        if (startTimeout > TimeSpan.Zero) timeout.CancelAfter(Allowed.ForTimer(startTimeout));
        using var late = timeout.Token.Register(() => _verdict.TrySetResult($"the new process (pid {process.Id}) was not ready within {startTimeout.TotalSeconds:0.###} s and was killed"));
        using var stopped = stopping.Register(() => _verdict.TrySetResult($"this process was told to stop, and the new one (pid {process.Id}) was killed"));
        return await _verdict.Task.ConfigureAwait(false);
    }

    /// <summary>Ends a child that is not to be: kills it if it still lives, and returns when it is reaped.</summary>
    internal async Task EndAsync()
    {
        process.Kill();
        await process.Exited.ConfigureAwait(false);
        process.Control.Dispose();
    }

    /// <summary>Watches it on probation: how it died, or null if it lives when the time is over or this process has to go.</summary>
    internal async Task<string?> DiesWithinAsync(TimeSpan probation, CancellationToken stopping)
    {
        var start = Stopwatch.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(process.Exited, Task.Delay(probation, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        return process.Exited.IsCompleted
            ? $"the new process (pid {process.Id}) {await process.Exited.ConfigureAwait(false)} {Stopwatch.GetElapsedTime(start).TotalSeconds:0.###} s after it was ready"
            : null;
    }

    /// <summary>Leaves the service to it.</summary>
    internal void TellToTakeOver() => process.Control.Send(new TakeOverMessage());

    /// <summary>After it took over: if it dies while this generation still drains, that is worth a line.</summary>
    internal async Task WatchAsync()
    {
        var status = await process.Exited.ConfigureAwait(false);
        process.Control.Dispose();
        if (status.Code != 0)
            logger().SuccessorDied(info.Number, process.Id, status.ToString());
    }

    /// <summary>Says hello and listens until the child is ready, has failed, or cannot be understood. Blocks its thread; ends at the latest when the child does.</summary>
    private void Converse()
    {
        var control = process.Control;
        try
        {
            control.Send(new HelloMessage(ControlCodec.Version, ownProcessId));
            control.Send(new GenerationInfoMessage(info));
            while (true)
            {
                switch (control.Receive())
                {
                    case HelloMessage hello:
                        logger().SuccessorGreeted(info.Number, hello.ProcessId, hello.Version);
                        break;
                    case ReadyMessage:
                        _verdict.TrySetResult(null);
                        return;
                    case FailedMessage failed:
                        process.Exited.Wait(LastWords); // it is about to end; let it, before it is killed
                        _verdict.TrySetResult(failed.Reason);
                        return;
                    case null:
                        if (!process.Exited.Wait(LastWords))
                            _verdict.TrySetResult($"the new process (pid {process.Id}) closed its control channel before it was ready, and was killed");
                        return;
                }
            }
        }
        catch (InvalidDataException e)
        {
            _verdict.TrySetResult($"the new process (pid {process.Id}) does not speak the control protocol ({e.Message}) and was killed");
        }
    }

    /// <summary>Its end is an answer too, but what it said before comes first: that is still in the channel.</summary>
    private async Task NoticeEndAsync(Task conversation)
    {
        var status = await process.Exited.ConfigureAwait(false);
        // A subprocess of the child may hold the channel open, so its end is not always seen there.
        await Task.WhenAny(conversation, Task.Delay(LastWords)).ConfigureAwait(false);
        _verdict.TrySetResult($"the new process (pid {process.Id}) {status} before it was ready");
    }
}
