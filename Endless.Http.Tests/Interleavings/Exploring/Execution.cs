namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>One run of a scenario under one schedule. Its actors are threads of which one goes on at a time.</summary>
/// <param name="scenario">Made for this run.</param>
/// <param name="strategy">Decides who goes on.</param>
/// <param name="isWide">Every point of the server is offered, and not only those the scenario names.</param>
internal sealed class Execution(Scenario scenario, IStrategy strategy, bool isWide)
{
    /// <summary>More points than any scenario needs: two actors answer each other for ever.</summary>
    private const int MostSteps = 50_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly List<Actor> _actors = [];
    private readonly List<Actor> _able = [];
    private readonly List<(string Name, Task Task)> _flows = [];
    private readonly ManualResetEventSlim _over = new();
    private readonly SemaphoreSlim _unwound = new(0);
    private readonly bool[] _watched = isWide ? Points.All() : Points.Watched(scenario);
    private Actor? _running;
    private bool _isChecking;
    private bool _isStopping;
    private volatile bool _isOver;
    private string? _failure;
    private int _steps;

    /// <summary>The run that the calling thread is in.</summary>
    public static Execution Current => (Actor.Current ?? throw new InvalidOperationException("The thread is no actor.")).Execution;

    /// <summary>What happened, turn by turn.</summary>
    public Schedule Schedule { get; } = new();

    /// <summary>The run's clock, in milliseconds. It stands still while anybody can go on.</summary>
    public long Now { get; set; } = 1_000_000;

    /// <summary>What the scenario's sockets are.</summary>
    public Kernel Kernel { get; } = new();

    /// <summary>Callbacks of tokens.</summary>
    public Dictionary<CancellationTokenRegistration, TokenCallback> Callbacks { get; } = [];

    /// <summary>Points passed; those who only wait do not pass any.</summary>
    public int Steps => _steps;

    private bool IsDone => _actors.TrueForAll(static actor => actor.IsDone || actor.IsDaemon) && _flows.TrueForAll(static flow => flow.Task.IsCompleted);

    /// <summary>Runs it to its end: null, or what went wrong.</summary>
    public string? Run()
    {
        Alone(() => scenario.Begin(this));
        if (_failure == null)
        {
            Begin(null, Choose(null, Able()));
            if (!_over.Wait(Deadline)) return Describe($"{_running?.Name} does not come to its next point: it blocks, or runs for ever.");
        }
        // One after the other: they share what the scenario made.
        while (_running is { HasEnded: false }) _unwound.Wait();
        foreach (var actor in _actors)
        {
            if (!actor.IsStarted) continue;
            if (!actor.IsDone) actor.Go();
            while (!actor.HasEnded) _unwound.Wait();
        }
        if (_failure == null) Alone(scenario.End);
        Kernel.FreeAll();
        return _failure == null ? null : Describe(_failure);
    }

    /// <summary>Another actor, which begins when it is given its turn.</summary>
    public void Add(string name, Action work, bool isDaemon = false)
    {
        var unique = name;
        for (var i = 2; _actors.Exists(actor => actor.Name == unique); i++) unique = $"{name}{i}";
        _actors.Add(new Actor(this, _actors.Count, unique, work, isDaemon));
    }

    /// <summary>An actor that is a flow: after its first await it goes on on whoever resumes it. The run is not over before it is.</summary>
    public void AddFlow(string name, Func<Task> work)
    {
        var end = new TaskCompletionSource();
        _flows.Add((name, end.Task));
        Add(name, () => _ = RunAsync());

        async Task RunAsync()
        {
            try
            {
                await work();
            }
            catch (Exception exception) when (exception is not Unwound)
            {
                Note($"{name} threw {exception}");
            }
            end.TrySetResult();
        }
    }

    /// <summary>Says what went wrong. The run is over at the next point.</summary>
    public void Note(string failure)
    {
        if (_isOver) return;
        _failure ??= failure;
    }

    /// <summary>The running actor stands before a point: another may go first.</summary>
    public void Offer(Actor actor, int point)
    {
        if (actor.IsAlone || _isChecking) return;
        if (_isOver) throw new Unwound();
        if (!_watched[point] || _isStopping) return;
        actor.Point = point;
        _steps++;
        Look();
        var next = Choose(actor, Able());
        if (next != actor) Switch(actor, next);
        else Schedule.Add(actor, static () => "");
    }

    /// <summary>The running actor waits, until <see cref="Release"/>, until something is true, or until the clock says so.</summary>
    public void Wait(Actor actor, object? awaited, Func<bool>? until = null, long wakesAt = long.MaxValue)
    {
        if (_isOver) throw new Unwound();
        if (actor.IsAlone) throw new InvalidOperationException("The scenario waits before its run has begun.");
        actor.Awaited = awaited;
        actor.Until = until;
        actor.WakesAt = wakesAt;
        Look();
        if (Next() is not { } next) GiveUp(actor);
        else if (next != actor) Switch(actor, next);
        else if (!_isStopping) Schedule.Add(actor, static () => "");
        actor.Awaited = null;
        actor.Until = null;
        actor.WakesAt = long.MaxValue;
    }

    /// <summary>Who waits for this can go on.</summary>
    public void Release(object awaited)
    {
        foreach (var actor in _actors)
            if (actor.Awaited == awaited) actor.Awaited = null;
    }

    /// <summary>An actor has its turn for the first time.</summary>
    public void OnBegun()
    {
        if (_isOver) throw new Unwound();
    }

    /// <summary>An actor's work is done. On its thread.</summary>
    public void OnEnded(Actor actor)
    {
        if (!_isOver)
        {
            if (_failure != null)
            {
                End();
            }
            else
            {
                Check();
                var next = _failure == null ? Next() : null;
                if (next == null) End();
                else Begin(actor, next);
            }
        }
        actor.HasEnded = true;
        _unwound.Release();
    }

    private void Switch(Actor actor, Actor next)
    {
        Begin(actor, next);
        actor.AwaitTurn();
        if (_isOver) throw new Unwound();
    }

    private void Begin(Actor? previous, Actor next)
    {
        _running = next;
        if (!_isStopping) Schedule.Add(next, () => previous == null ? "" : Where(previous));
        next.Go();
    }

    /// <summary>Who goes on where the running actor cannot. Null if nobody can: then the run is over.</summary>
    private Actor? Next()
    {
        var able = Able();
        if (able.Count == 0 && _actors.Exists(static actor => actor.Spins))
        {
            // It counts, so that who spins for ever is found.
            _steps++;
            able = Able();
        }
        if (able.Count == 0 && !IsDone && _actors.Min(static actor => actor.IsDone ? long.MaxValue : actor.WakesAt) is < long.MaxValue and var time)
        {
            Now = Math.Max(Now, time);
            able = Able();
        }
        if (able.Count == 0 && !_isStopping)
        {
            Conclude();
            if (_failure != null) return null;
            // What is left waits for what does not come any more: it is ended, in whatever order.
            _isStopping = true;
            Add("stop", scenario.Stop);
            able = Able();
        }
        if (able.Count == 0) return null;
        return _isStopping ? able[0] : Choose(null, able);
    }

    private Actor Choose(Actor? running, List<Actor> able)
    {
        try
        {
            return strategy.Choose(running, able);
        }
        catch (InvalidOperationException exception)
        {
            _failure ??= exception.Message;
            return running ?? able[0];
        }
    }

    private void Look()
    {
        if (_steps > MostSteps) _failure ??= $"{MostSteps} points, and no end.";
        Check();
        if (_failure == null) return;
        End();
        throw new Unwound();
    }

    private void Check()
    {
        _isChecking = true;
        try
        {
            scenario.Check();
        }
        catch (Exception exception)
        {
            _failure ??= exception.Message;
        }
        _isChecking = false;
    }

    /// <summary>Nobody can go on, and the running actor waits as well.</summary>
    private void GiveUp(Actor actor)
    {
        _running = null;
        End();
        actor.AwaitTurn();
        throw new Unwound();
    }

    private void Conclude()
    {
        if (_failure != null || IsDone) return;
        var waiting = _actors.Where(static actor => !actor.IsDone && !actor.IsDaemon).Select(actor => $"{actor.Name} at {Where(actor)}")
            .Concat(_flows.Where(static flow => !flow.Task.IsCompleted).Select(static flow => $"the flow of {flow.Name}, which nobody resumes"));
        _failure = "Nobody goes on: " + string.Join(", ", waiting) + ".";
    }

    private void End()
    {
        _isOver = true;
        _over.Set();
    }

    private List<Actor> Able()
    {
        _able.Clear();
        foreach (var actor in _actors)
            if (actor.CanGoOn) _able.Add(actor);
        return _able;
    }

    private void Alone(Action work)
    {
        Actor.Current = new Actor(this, -1, "scenario", work, isDaemon: false) { IsAlone = true };
        try
        {
            work();
        }
        catch (Exception exception)
        {
            _failure ??= exception.ToString();
        }
        Actor.Current = null;
    }

    private static string Where(Actor actor) => actor.IsDone ? "its end" : Points.Name(actor.Point);

    private string Describe(string failure) =>
        $"{failure}\nschedule: {(isWide ? Schedule.Wide : "")}{Schedule}\n{Schedule.Describe(_running == null ? "the end" : Where(_running))}";
}
