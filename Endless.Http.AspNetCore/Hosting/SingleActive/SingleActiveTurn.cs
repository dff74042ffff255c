using System.Text;

namespace Endless.Http.AspNetCore.Hosting.SingleActive;

/// <summary>
/// Which generation may run what only one may run. Each tells the next the processes that run it, itself and those before it, when it is started and whenever that changes; the next one's turn comes when there is none
/// left. A process that was killed cannot say so: it is looked for. Thread-safe.
/// </summary>
internal sealed class SingleActiveTurn
{
    /// <summary>Under which it is passed on.</summary>
    private const string Name = "endless.single-active";

    /// <summary>How often a process is looked for that could not say that it has stopped.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(50);

    private static readonly Lazy<SingleActiveTurn> Process = new(Join);

    private readonly Lock _lock = new();
    private readonly Action<byte[]> _tellNext;
    private readonly TaskCompletionSource _free = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<ProcessIdentity> _before;
    private bool _isTold; // what runs before is known by the word of the generation before
    private int _running;

    /// <param name="isTold">The generation before has said what runs.</param>
    /// <param name="before">What runs before this process: by its word, else that process itself; empty if there is none.</param>
    /// <param name="tellNext">Tells the generation after this one.</param>
    internal SingleActiveTurn(bool isTold, IReadOnlyList<ProcessIdentity> before, Action<byte[]> tellNext)
    {
        (_isTold, _before, _tellNext) = (isTold, before, tellNext);
        if (before.Count == 0) _free.SetResult();
    }

    /// <summary>This process's. Made by the first service that asks: before a restart of it can begin.</summary>
    public static SingleActiveTurn OfProcess => Process.Value;

    /// <summary>Where there are no generations: it is always one's turn.</summary>
    public static SingleActiveTurn None { get; } = new(isTold: true, [], static _ => { });

    /// <summary>Completes when no generation before this one runs anything.</summary>
    public Task Free => _free.Task;

    /// <summary>What is passed on: the processes that run it.</summary>
    internal byte[] State
    {
        get
        {
            lock (_lock)
                return Encoding.ASCII.GetBytes(string.Join(' ', (IEnumerable<ProcessIdentity>)(_running > 0 ? [ProcessIdentity.Own, .. _before] : _before)));
        }
    }

    /// <summary>A service is about to run here. After <see cref="Free"/>, and left by <see cref="Leave"/>.</summary>
    public void Enter()
    {
        lock (_lock) _running++;
    }

    /// <summary>A service has stopped.</summary>
    public void Leave()
    {
        lock (_lock) _running--;
        _tellNext(State);
    }

    /// <summary>The generation before has said what runs.</summary>
    internal void Take(ReadOnlyMemory<byte> state)
    {
        Set(Parse(state.Span), isTold: true);
    }

    /// <summary>The generation before is gone, in whatever way: what it last said ran there may run on in processes before it.</summary>
    internal async Task PredecessorGoneAsync()
    {
        bool isTold;
        lock (_lock) isTold = _isTold;
        // One that knew of no such services ran none that could be left behind.
        if (!isTold) Set([], isTold: true);
        while (true)
        {
            IReadOnlyList<ProcessIdentity> before;
            lock (_lock) before = _before;
            IReadOnlyList<ProcessIdentity> alive = [.. before.Where(static process => process.IsAlive)];
            if (alive.Count < before.Count) Set(alive, isTold: true);
            if (alive.Count == 0) return;
            await Task.Delay(LookPeriod).ConfigureAwait(false);
        }
    }

    private void Set(IReadOnlyList<ProcessIdentity> before, bool isTold)
    {
        lock (_lock)
        {
            if (_free.Task.IsCompleted) return;
            (_before, _isTold) = (before, isTold);
        }
        _tellNext(State);
        if (before.Count == 0) _free.TrySetResult();
    }

    private static List<ProcessIdentity> Parse(ReadOnlySpan<byte> state) =>
        [.. Encoding.ASCII.GetString(state).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ProcessIdentity.Parse).OfType<ProcessIdentity>()];

    private static SingleActiveTurn Join()
    {
        var generation = HostedGeneration.OfProcess.Current!;
        var told = EndlessProcess.PassedOn(Name);
        IReadOnlyList<ProcessIdentity> before = told is { } state ? Parse(state.Span) : generation.HasPredecessor ? [ProcessIdentity.Of(generation.PredecessorProcessId)] : [];
        var turn = new SingleActiveTurn(told is not null, before, state => generation.Succession.Say(Name, state));
        _ = EndlessProcess.PassOn(Name, () => turn.State, turn.Take);
        if (EndlessProcess.PassedOn(Name) is { } later) turn.Take(later); // said between the two lines above
        if (generation.HasPredecessor) _ = AfterPredecessorAsync(turn);
        return turn;
    }

    private static async Task AfterPredecessorAsync(SingleActiveTurn turn)
    {
        await EndlessProcess.PredecessorGoneAsync().ConfigureAwait(false);
        await turn.PredecessorGoneAsync().ConfigureAwait(false);
    }
}
