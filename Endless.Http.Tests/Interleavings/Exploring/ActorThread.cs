using System.Collections.Concurrent;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>A thread that is one actor after another: a run takes microseconds, making a thread as long as all of it.</summary>
internal sealed class ActorThread
{
    private static readonly ConcurrentBag<ActorThread> Idle = [];

    private readonly SemaphoreSlim _turn = new(0);
    private Actor? _actor;

    public static ActorThread Take()
    {
        if (Idle.TryTake(out var thread)) return thread;
        thread = new ActorThread();
        new Thread(thread.Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = "actor" }.UnsafeStart();
        return thread;
    }

    public void Begin(Actor actor)
    {
        _actor = actor;
        _turn.Release();
    }

    public void Release() => _turn.Release();

    public void Wait() => _turn.Wait();

    private void Run()
    {
        while (true)
        {
            _turn.Wait();
            var actor = _actor!;
            _actor = null;
            // What was cut off in the middle may have left something in the thread's statics.
            if (!actor.Run()) return;
            Idle.Add(this);
        }
    }
}
