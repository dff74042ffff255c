namespace Endless.Http.Generations;

/// <summary>Has a process play a restart through with a connection of its own, once: one that continues another as it starts, any other when its first restart begins.</summary>
internal sealed class RehearsalActor : IGenerationActor
{
    private Action? _rehearsal;
    private Task _rehearsed = Task.CompletedTask;

    /// <summary>What to do; null for nothing, or nothing more. Set before the first server listens.</summary>
    internal Action? Rehearsal
    {
        set => _rehearsal = value;
    }

    /// <summary>Completes when it is over.</summary>
    internal Task Rehearsed => Volatile.Read(ref _rehearsed);

    public void Do(GenerationAction action)
    {
        if (action is GenerationAction.BeginRestart) Begin();
    }

    /// <summary>Begins, on a thread of its own. Any thread.</summary>
    internal void Begin()
    {
        if (Interlocked.Exchange(ref _rehearsal, null) is not { } rehearsal) return;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _rehearsed, over.Task);
        try
        {
            new Thread(() =>
            {
                rehearsal();
                over.SetResult();
            })
            { IsBackground = true, Name = "endless rehearsal" }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            over.SetResult(); // no thread for it: the restart is as slow as it is, then
        }
    }
}
