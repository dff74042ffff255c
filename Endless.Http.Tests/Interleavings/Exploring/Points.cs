using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>What the rewritten assemblies call in place of, or before, what synchronizes threads (<see cref="Rewriter"/>).</summary>
public static class Points
{
    private static string[] _names = [];
    private static string[] _owners = [];
    private static bool[] _areFields = [];
    private static readonly ConditionalWeakTable<Type, bool[]> WatchedBy = [];
    private static bool[]? _all;

    // What threads keep for themselves, and what time makes: whether it is there depends on more than the schedule.
    private static readonly string[] Unsteady = ["ThreadArrays", "BlockPool", "DateHeader"];

    /// <summary>The points there are, by number: where they stand, in which type, and whether they are accesses to a field.</summary>
    public static void Declare(string[] names, string[] owners, bool[] areFields) => (_names, _owners, _areFields) = (names, owners, areFields);

    /// <summary>In front of whatever other actors may see.</summary>
    public static void Offer(int point)
    {
        if (Actor.Current is { } actor) actor.Execution.Offer(actor, point);
        else if (Thread.CurrentThread.IsThreadPoolThread) Strays.Note(Name(point));
    }

    /// <summary>Environment.TickCount64.</summary>
    public static long Now() => Actor.Current is { } actor ? actor.Execution.Now : Environment.TickCount64;

    /// <summary>Monitor.Enter.</summary>
    public static void Enter(object monitor, ref bool taken, int point)
    {
        if (Actor.Current is not { IsAlone: false } actor)
        {
            Monitor.Enter(monitor, ref taken);
            return;
        }
        Offer(point);
        while (true)
        {
            Monitor.TryEnter(monitor, ref taken);
            if (taken) return;
            actor.Point = point;
            actor.Execution.Wait(actor, monitor);
        }
    }

    /// <summary>Monitor.Exit.</summary>
    public static void Exit(object monitor)
    {
        Monitor.Exit(monitor);
        if (Actor.Current is { } actor) actor.Execution.Release(monitor);
    }

    /// <summary>Lock.EnterScope.</summary>
    public static Lock.Scope EnterScope(Lock entered, int point)
    {
        if (Actor.Current is not { IsAlone: false } actor) return entered.EnterScope();
        Offer(point);
        while (!entered.TryEnter())
        {
            actor.Point = point;
            actor.Execution.Wait(actor, Key(entered));
        }
        actor.Scopes.Push(entered);
        var scope = entered.EnterScope();
        entered.Exit();
        return scope;
    }

    /// <summary>Lock.Scope.Dispose.</summary>
    public static void Leave(ref Lock.Scope scope)
    {
        scope.Dispose();
        if (Actor.Current is { IsAlone: false } actor) actor.Execution.Release(Key(actor.Scopes.Pop()));
    }

    /// <summary>CancellationToken.Register and UnsafeRegister.</summary>
    public static CancellationTokenRegistration Register(ref CancellationToken token, Action<object?> callback, object? state, int point)
    {
        if (Actor.Current is not { } actor) return token.UnsafeRegister(callback, state);
        Offer(point);
        // A token that is canceled already calls at once; one that never is registers nothing.
        var called = new TokenCallback(callback, state, point);
        var registration = token.UnsafeRegister(static called => ((TokenCallback)called!).Run(), called);
        if (registration == default) return registration;
        // The last one registered is the first one called.
        called.Marker = token.UnsafeRegister(static point => Offer((int)point!), point);
        actor.Execution.Callbacks[registration] = called;
        return registration;
    }

    /// <summary>CancellationToken.Register without state.</summary>
    public static CancellationTokenRegistration RegisterAction(ref CancellationToken token, Action callback, int point) =>
        Register(ref token, static callback => ((Action)callback!)(), callback, point);

    /// <summary>CancellationTokenRegistration.Dispose, which waits for a callback that runs elsewhere.</summary>
    public static void Dispose(ref CancellationTokenRegistration registration, int point)
    {
        if (Actor.Current is not { } actor || !actor.Execution.Callbacks.TryGetValue(registration, out var callback))
        {
            registration.Dispose();
            return;
        }
        Offer(point);
        callback.Marker.Unregister();
        if (registration.Unregister()) return;
        while (callback.RunsOn != null && callback.RunsOn != actor)
        {
            actor.Point = point;
            actor.Execution.Wait(actor, callback);
        }
    }

    /// <summary>CancellationTokenRegistration.Unregister.</summary>
    public static bool Unregister(ref CancellationTokenRegistration registration, int point)
    {
        Offer(point);
        if (Actor.Current is { } actor && actor.Execution.Callbacks.TryGetValue(registration, out var callback)) callback.Marker.Unregister();
        return registration.Unregister();
    }

    /// <summary>SpinWait.SpinOnce: goes on when another has, or nobody else can.</summary>
    public static void Spin(ref SpinWait spin, int sleepThreshold, int point)
    {
        if (Actor.Current is not { IsAlone: false } actor)
        {
            spin.SpinOnce(sleepThreshold);
            return;
        }
        var execution = actor.Execution;
        var seen = execution.Steps;
        actor.Point = point;
        actor.Spins = true;
        execution.Wait(actor, null, () => execution.Steps != seen);
        actor.Spins = false;
    }

    /// <inheritdoc cref="Spin"/>
    public static void SpinOnce(ref SpinWait spin, int point) => Spin(ref spin, -1, point);

    /// <summary>ThreadPool.UnsafeQueueUserWorkItem.</summary>
    public static bool Queue(IThreadPoolWorkItem work, bool preferLocal) => Spawn("pool", work.Execute);

    /// <inheritdoc cref="Queue"/>
    public static bool QueueState<T>(Action<T> work, T state, bool preferLocal) => Spawn("pool", () => work(state));

    /// <summary>ManualResetValueTaskSourceCore.OnCompleted: of a source that is complete by now, the continuation goes to the thread pool.</summary>
    public static void OnCompleted<T>(ref ManualResetValueTaskSourceCore<T> source, Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags, int point)
    {
        Offer(point);
        if (Actor.Current != null && source.GetStatus(token) != ValueTaskSourceStatus.Pending) Spawn("pool", () => continuation(state));
        else source.OnCompleted(continuation, state, token, flags);
    }

    /// <summary>Task.Run.</summary>
    public static Task RunTask(Action work)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Spawn("task", () =>
        {
            work();
            end.SetResult();
        });
        return end.Task;
    }

    /// <summary>WorkerPool.Run.</summary>
    public static void RunWorker(object pool, IThreadPoolWorkItem work, object? site) => Execution.Current.Add("worker", work.Execute);

    /// <summary>WorkerPool.TryRun.</summary>
    public static bool TryRunWorker(object pool, IThreadPoolWorkItem work, object site)
    {
        Execution.Current.Add("worker", work.Execute);
        return site != null;
    }

    /// <summary>WorkerPool.RunTurn.</summary>
    public static void RunTurn(object pool, IThreadPoolWorkItem turn) => Execution.Current.Add("loop", turn.Execute, isDaemon: true);

    /// <summary>Worker.TryStart: the actors are the threads.</summary>
    public static bool StartWorker(object worker) => worker != null;

    /// <summary>LoopMonitor.Start: nothing watches the loops of a run.</summary>
    public static void StartMonitor(object monitor) => _ = monitor;

    /// <summary>ManualResetEventSlim.Wait.</summary>
    public static void WaitFor(ManualResetEventSlim happened, int point)
    {
        if (Actor.Current is not { } actor)
        {
            happened.Wait();
            return;
        }
        actor.Point = point;
        if (!happened.IsSet) actor.Execution.Wait(actor, null, () => happened.IsSet);
    }

    internal static string Name(int point) => point < 0 ? "its beginning" : _names[point];

    /// <summary>All of them but the scenarios' own fields.</summary>
    internal static bool[] All() => _all ??= [.. _owners.Select(static (owner, i) =>
        !(_areFields[i] && owner.StartsWith("Endless.Http.Tests.", StringComparison.Ordinal)) && !Array.Exists(Unsteady, name => Matches(owner, name)))];

    /// <summary>For each point whether a scenario has it offered.</summary>
    internal static bool[] Watched(Scenario scenario) => WatchedBy.GetValue(scenario.GetType(), _ =>
    {
        var watched = new bool[_names.Length];
        for (var i = 0; i < watched.Length; i++)
            watched[i] = Array.Exists(_areFields[i] ? scenario.WatchedFields : [.. scenario.Watched, scenario.GetType().Namespace!], name => Matches(_owners[i], name));
        return watched;
    });

    /// <param name="owner">Endless.Http.Sockets.SocketWait, without its parameters.</param>
    /// <param name="name">Its last part, or its namespace.</param>
    private static bool Matches(string owner, string name) =>
        owner == name || (owner.EndsWith(name, StringComparison.Ordinal) && owner[^(name.Length + 1)] == '.') || owner.StartsWith(name + '.', StringComparison.Ordinal);

    // A lock is no more than a name here, and the compiler would have it that nobody takes it for an object.
    private static object Key(Lock entered) => Unsafe.As<Lock, object>(ref entered);

    private static bool Spawn(string name, Action work)
    {
        Execution.Current.Add(name, work);
        return true;
    }
}
