namespace Endless.Http.Budgets;

/// <summary>A bounded number of things under way: who finds no place waits for one, first come, first served. Thread-safe.</summary>
/// <param name="budget">How many there are, and how many may be.</param>
internal sealed class Places(Budget budget)
{
    private readonly Lock _lock = new();
    private readonly Queue<(TaskCompletionSource Turn, Holding Holding)> _waiting = new();

    /// <summary>Takes a place, and waits for one if there is none. False if none was to be had in time.</summary>
    /// <param name="holding">Where the place counts. The caller ends it by <see cref="Leave"/>, whatever came of this.</param>
    /// <param name="patience">How long to wait.</param>
    public async ValueTask<bool> EnterAsync(Holding holding, TimeSpan patience)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_waiting.Count == 0 && holding.TryAdd(1)) return true;
            if (_waiting.Count > 0) budget.Refuse();
            _waiting.Enqueue((turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), holding));
        }
        await turn.Task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !turn.TrySetCanceled();
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(Holding holding)
    {
        lock (_lock)
        {
            holding.End();
            while (!budget.IsFull && _waiting.TryDequeue(out var next))
            {
                next.Holding.Add(1); // here, so that the next to leave sees it
                if (!next.Turn.TrySetResult()) next.Holding.Remove(1); // it has waited too long
            }
        }
    }
}
