using System.Diagnostics;
using Endless.Http.Channels;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Spawning;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>
/// The next generation's process, from its spawn to its end: speaks with it, and tells what it says and does as events. What is said to it goes by <see cref="HandOver"/>.
/// </summary>
/// <remarks>
/// It has three threads: one spawns it and listens, one waits for its end, one sends. Where the system refuses one, the restart fails and nothing else.
/// Events are told in their order: its end after all that it had said. Thread-safe.
/// </remarks>
internal sealed class Successor(IProcessHost host, GenerationInfo info, Action<GenerationEvent> tell, Func<ILogger> logger)
{
    /// <summary>How long after its end its channel is read: a subprocess of its own may hold that open.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Out of descriptors, the runtime ends the process: it needs two for a moment whenever its pool wants one more thread. So these are more than the spawn takes.
    /// </summary>
    private const int Descriptors = 16;

    private readonly ManualResetEventSlim _heard = new(); // all that it said
    private volatile IChildProcess? _process;
    private HandOverSender? _handOver;
    private long _readyAt;
    private volatile bool _forgotten;
    private volatile bool _mayPassOn;
    private volatile bool _isUnderstood = true;

    /// <summary>Which generation it is.</summary>
    internal int Number => info.Number;

    /// <summary>Its process's id; 0 before it runs.</summary>
    internal int ProcessId => _process?.Id ?? 0;

    /// <summary>Its process; null before it runs.</summary>
    internal IChildProcess? Process => _process;

    /// <summary>What its start waits for, as it last said; null if it did not.</summary>
    internal string? WaitsFor { get; private set; }

    /// <summary>What goes to it; null before it runs.</summary>
    internal HandOverSender? HandOver => Volatile.Read(ref _handOver);

    /// <summary>How long its end is waited for when it cannot be spoken with and has connections that it did not answer for: as long as for one that was killed.</summary>
    internal TimeSpan EndTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Spawns it, on a thread of its own. Answered by <see cref="GenerationEvent.SuccessorSpawned"/> or <see cref="GenerationEvent.SpawnFailed"/>, now or soon.</summary>
    internal void Start(IReadOnlyList<ListenerDescriptor> listeners, EventLoopGroup loops)
    {
        if (!DescriptorLimit.Leaves(Descriptors))
        {
            tell(new GenerationEvent.SpawnFailed($"this process has fewer than {Descriptors} descriptors left: raise RLIMIT_NOFILE, or look for what it does not close"));
            return;
        }
        try
        {
            new Thread(() => Run(listeners, loops)) { IsBackground = true, Name = $"endless generation {info.Number}" }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            tell(new GenerationEvent.SpawnFailed($"the system has no thread for it {ThreadShortage.Causes}"));
        }
    }

    /// <summary>It is about to take the service over: then it may have a next generation of its own, and hand over what it was given.</summary>
    internal void AllowPassingOn() => _mayPassOn = true;

    /// <summary>Kills it; nothing if it does not run.</summary>
    internal void Kill() => _process?.Kill();

    /// <summary>Nothing of it is told from now on, and nothing is said to it.</summary>
    internal void Forget()
    {
        _forgotten = true;
        EndHandOver(TimeSpan.Zero);
        HandOver?.Dispose();
        _process?.Control.Dispose();
    }

    private void Run(IReadOnlyList<ListenerDescriptor> listeners, EventLoopGroup loops)
    {
        try
        {
            _process = host.Spawn(listeners);
        }
        catch (Exception e)
        {
            Tell(new GenerationEvent.SpawnFailed(e.Message.TrimEnd('.')));
            return;
        }
        var handOver = new HandOverSender(_process.Control, loops) { Progressed = () => Tell(new GenerationEvent.SomeHandedOver()) };
        try
        {
            handOver.Start();
        }
        catch (OutOfMemoryException)
        {
            Kill(); // before it sees its channel closed: it would serve on alone
            _process.Control.Dispose();
            Tell(new GenerationEvent.SpawnFailed($"the system has no thread to speak to it with {ThreadShortage.Causes}"));
            return;
        }
        ExitStatus? ended = null;
        var self = Thread.CurrentThread;
        _ = _process.Exited.ContinueWith(exited =>
        {
            // Deadlock: it has ended already, so this runs here, and the thread would wait for itself.
            if (Thread.CurrentThread == self) ended = exited.Result;
            else OnExited(exited.Result);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (_forgotten) Kill(); // it took so long that nobody waits for it any more
        Tell(new GenerationEvent.SuccessorSpawned());
        try
        {
            handOver.Say(new HelloMessage(ControlCodec.Version, host.ProcessId));
            if (info.Passed.Count > 0) handOver.Say(new PassedStatesMessage(info.Passed));
            handOver.Say(new GenerationInfoMessage(info));
            Volatile.Write(ref _handOver, handOver);
            if (_forgotten) Forget();
            while ((ended is null || _process.Control.WaitToReceive((int)LastWords.TotalMilliseconds)) && _process.Control.Receive() is { } message) Take(message);
            Tell(new GenerationEvent.SuccessorClosed());
        }
        catch (Exception e)
        {
            // InvalidDataException from it; anything else would be a fault here, and is no reason to let two generations serve.
            _isUnderstood = false;
            Tell(new GenerationEvent.SuccessorIsNonsense(e.Message.TrimEnd('.')));
            _process.Control.Dispose();
        }
        _heard.Set();
        if (ended is { } status) OnExited(status);
        EndHandOver(EndTime);
    }

    /// <summary>
    /// Nothing more goes to it. Two readers of one socket each get half of it: connections that the successor has not answered for are served here again only when it has ended. They
    /// are closed here if it lives on, or if its answer may have been in what could not be understood and it may have handed them over
    /// before its end.
    /// </summary>
    private void EndHandOver(TimeSpan patience)
    {
        if (HandOver is not { } handOver) return;
        handOver.TakeBack();
        if (handOver.Unanswered == 0 || (_process!.Exited.Wait(patience) && (_isUnderstood || !_mayPassOn))) handOver.Close();
        else if (handOver.Abandon() is > 0 and var count) logger().UnansweredAbandoned(info.Number, ProcessId, count);
    }

    private void Take(ControlMessage message)
    {
        switch (message)
        {
            case HelloMessage hello:
                logger().SuccessorGreeted(info.Number, hello.ProcessId, hello.Version);
                break;
            case WaitingMessage waiting:
                WaitsFor = waiting.What;
                break;
            case ReadyMessage:
                _readyAt = Stopwatch.GetTimestamp();
                Tell(new GenerationEvent.SuccessorIsReady());
                break;
            case FailedMessage failed:
                Tell(new GenerationEvent.SuccessorFailed(failed.Reason));
                break;
            case StopMessage:
                Tell(new GenerationEvent.SuccessorStops());
                break;
            case AdoptedMessage { Taken: var taken, Batch: var batch } when !HandOver!.TryAnswer(taken, batch):
                throw new InvalidDataException($"it says what it took of {taken.Count} connection(s), and was not given so many");
        }
    }

    /// <summary>On the thread that waits for its end. Its last words are in the channel still, so they come first.</summary>
    private void OnExited(ExitStatus status)
    {
        if (!_heard.Wait(LastWords)) _process!.Control.Dispose();
        _heard.Wait();
        Tell(new GenerationEvent.SuccessorExited(_readyAt == 0
            ? $"the new process (pid {ProcessId}) {status} before it was ready"
            : $"the new process (pid {ProcessId}) {status} {Stopwatch.GetElapsedTime(_readyAt).TotalSeconds:0.###} s after it was ready",
            IsInOrder: status.Code == 0));
    }

    private void Tell(GenerationEvent happened)
    {
        if (!_forgotten) tell(happened);
    }
}
