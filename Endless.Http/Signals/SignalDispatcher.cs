using System.Runtime.InteropServices;
using Endless.Http.Logging;
using Endless.Http.Native;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Signals;

/// <summary>
/// Takes signals one after the other: hooks before, the action, hooks after, on a thread of its own, which is there before the first signal: the system may have none to give then.
/// A signal that arrives meanwhile is queued, not lost. A hook that never returns is left behind after a while.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SignalDispatcher(Func<IReadOnlyList<SignalHooks>> hooks, Action<HandledSignal> action, Func<ILogger> logger, Func<TimeSpan> hookTimeout, Terminal? terminal = null)
{
    private readonly object _gate = new(); // of Monitor.Wait, which a Lock has not
    private readonly Queue<HandledSignal> _queue = [];
    // One for each handled signal while it is caught, in their order; one that is not referenced would be undone by its finalizer.
    private readonly PosixSignalRegistration?[] _registrations = new PosixSignalRegistration?[HandledSignals.All.Length];
    private HandledSignal[] _left = []; // to others
    private bool _runs;
    private bool _isHeld;

    /// <summary>Catches the handled signals already, and keeps what comes until <see cref="Listen"/>: for a process that was started with them blocked.</summary>
    internal void Hold()
    {
        lock (_gate)
        {
            _isHeld = true;
            CatchAll();
        }
    }

    /// <summary>Whoever started the process had SIGHUP ignored, and nothing has been caught here yet.</summary>
    internal static bool IsHangUpIgnored => Libc.IsIgnored((int)HandledSignal.SIGHUP);

    /// <summary>Starts to catch the handled signals, in place of their default actions.</summary>
    internal void Listen()
    {
        lock (_gate)
        {
            Run();
            CatchAll();
            _isHeld = false;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Leaves some of the handled signals to somebody else in this process, from now on. Those that have come already go their way.</summary>
    internal void Leave(params HandledSignal[] signals)
    {
        lock (_gate)
        {
            _left = signals;
            for (var i = 0; i < _registrations.Length; i++)
            {
                if (!IsLeft(HandledSignals.All[i])) continue;
                _registrations[i]?.Dispose();
                _registrations[i] = null;
            }
        }
    }

    private bool IsLeft(HandledSignal signal) => Array.IndexOf(_left, signal) >= 0;

    private void CatchAll()
    {
        for (var i = 0; i < _registrations.Length; i++)
            if (!IsLeft(HandledSignals.All[i])) _registrations[i] ??= Catch(HandledSignals.All[i]);
        SignalMask.UnblockHandled(); // after that: what has come meanwhile comes now
    }

    /// <summary>Gives the signals back to their default actions, all but one.</summary>
    internal void StopListening(HandledSignal? but)
    {
        lock (_gate)
        {
            for (var i = 0; i < _registrations.Length; i++)
            {
                if (HandledSignals.All[i] == but) continue;
                _registrations[i]?.Dispose();
                _registrations[i] = null;
            }
        }
    }

    /// <summary>Queues a signal.</summary>
    internal void Post(HandledSignal signal)
    {
        lock (_gate)
        {
            Run();
            _queue.Enqueue(signal);
            Monitor.Pulse(_gate);
        }
    }

    private PosixSignalRegistration Catch(HandledSignal signal)
    {
        // .NET leaves a signal alone that whoever started the process had ignored, as nohup(1) does with SIGHUP; but here that is what restarts.
        if (signal == HandledSignal.SIGHUP) Libc.StopIgnoring((int)signal);
        try
        {
            return PosixSignalRegistration.Create((PosixSignal)(int)signal, context => OnSignal(signal, context));
        }
        catch (TypeInitializationException e) when (e.InnerException is IOException)
        {
            throw new IOException($"the system has no thread to take signals with {ThreadShortage.Causes}", e);
        }
    }

    private void OnSignal(HandledSignal signal, PosixSignalContext context)
    {
        SignalMask.UnblockHandled(); // .NET's own thread for signals may have started this one
        context.Cancel = true; // not the default action
        if (signal == HandledSignal.SIGHUP && terminal != null) PostHangUp(terminal.Interpret());
        else Post(signal);
    }

    private void PostHangUp(HangUp meaning)
    {
        switch (meaning)
        {
            case HangUp.Restart:
                Post(HandledSignal.SIGHUP);
                break;
            case HangUp.Stop:
                logger().SignalNoted(nameof(HandledSignal.SIGHUP), "the terminal is closed, which stops the server as SIGTERM does");
                Post(HandledSignal.SIGTERM);
                break;
            case HangUp.Outlived:
                logger().SignalNoted(nameof(HandledSignal.SIGHUP), "the terminal is closed, which the program was started to outlive");
                break;
        }
    }

    private void Run()
    {
        if (_runs) return;
        new Thread(() =>
        {
            while (true) Dispatch(Take());
        })
        { IsBackground = true, Name = "endless signals" }.UnsafeStart();
        _runs = true;
    }

    private HandledSignal Take()
    {
        lock (_gate)
        {
            HandledSignal signal;
            while (_isHeld || !_queue.TryDequeue(out signal)) Monitor.Wait(_gate);
            return signal;
        }
    }

    private void Dispatch(HandledSignal signal)
    {
        logger().SignalReceived(signal.ToString());
        RunHooks(SignalPhase.PreSignal, signal);
        action(signal);
        RunHooks(SignalPhase.PostSignal, signal);
    }

    private void RunHooks(SignalPhase phase, HandledSignal signal)
    {
        foreach (var server in hooks())
        {
            foreach (var hook in server[phase].Find(signal)!.Snapshot())
            {
                try
                {
                    // On a thread of its own, since it may block.
                    var done = Task.Factory.StartNew(hook, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
                    done.WaitAsync(hookTimeout()).GetAwaiter().GetResult();
                }
                catch (TimeoutException)
                {
                    logger().HookAbandoned(phase.ToString(), signal.ToString(), (long)hookTimeout().TotalSeconds);
                }
                catch (Exception e)
                {
                    logger().HookFailed(e, phase.ToString(), signal.ToString());
                }
            }
        }
    }
}
