using Endless.Http.Channels;
using Endless.Http.Logging;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>
/// What parts of the application leave for the next generation, each under a name of its own. Their functions may throw and may never return: one that does passes nothing on, and neither fails the restart nor
/// keeps the others from theirs. Thread-safe.
/// </summary>
internal sealed class PassedStates(Func<ILogger> logger)
{
    /// <summary>The most that all of them can leave together, their names included: as much as <see cref="StateQuestion.StateToNext"/>.</summary>
    internal const int MaxBytes = StateQuestion.MaxBytes;

    /// <summary>For all of them together: a restart waits for it.</summary>
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private List<(string Name, Func<ReadOnlyMemory<byte>> State)>? _sources; // null until somebody registers: every start would load the types

    /// <summary>How long all of them may take together.</summary>
    internal TimeSpan Patience { get; set; } = DefaultPatience;

    /// <summary>Nobody leaves anything.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (_lock) return _sources is not { Count: > 0 };
        }
    }

    /// <summary>Registers a function that says what is left under a name.</summary>
    /// <exception cref="ArgumentException">It is no name.</exception>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    internal void Add(string name, Func<ReadOnlyMemory<byte>> state)
    {
        PassedStateName.Check(name);
        lock (_lock)
        {
            _sources ??= [];
            if (_sources.Exists(source => source.Name == name))
                throw new InvalidOperationException($"The name \"{name}\" is taken: what is passed on to the next generation has a name for each that passes it. Give the second one another name, or dispose of the first registration.");
            _sources.Add((name, state));
        }
    }

    /// <summary>Takes a registration back.</summary>
    internal void Remove(string name)
    {
        lock (_lock) _sources?.RemoveAll(source => source.Name == name);
    }

    /// <summary>Asks each, in the order of registration, on a thread of the application's; blocks until all have answered, or their time is over. What does not fit any more is left out, and logged.</summary>
    internal IReadOnlyList<PassedState> Ask()
    {
        (string, Func<ReadOnlyMemory<byte>>)[] sources;
        lock (_lock)
        {
            if (_sources is not { Count: > 0 }) return [];
            sources = [.. _sources];
        }
        var answers = new Answers(logger);
        ApplicationCallback.Start(() => answers.Collect(sources), nameof(EndlessProcess.PassOn), logger).Wait(Patience);
        return answers.Close();
    }

    /// <summary>The answers to one question. What comes when it is closed counts for nothing.</summary>
    private sealed class Answers(Func<ILogger> logger)
    {
        private readonly Lock _lock = new();
        private readonly List<PassedState> _states = [];
        private int _bytes;
        private string? _asked; // who has not answered yet
        private bool _isClosed;

        public void Collect(ReadOnlySpan<(string Name, Func<ReadOnlyMemory<byte>> State)> sources)
        {
            foreach (var (name, state) in sources)
            {
                lock (_lock)
                {
                    if (_isClosed) return;
                    _asked = name;
                }
                try
                {
                    // Copied: it is sent later, and compared with what is said the next time.
                    Take(name, state().ToArray());
                }
                catch (Exception e)
                {
                    logger().PassOnFailed(e, name, e.Message.TrimEnd('.'));
                }
            }
            lock (_lock) _asked = null;
        }

        public List<PassedState> Close()
        {
            lock (_lock)
            {
                _isClosed = true;
                if (_asked is not null) logger().PassOnFailed(null, _asked, "it did not return in time");
                return _states;
            }
        }

        private void Take(string name, byte[] state)
        {
            lock (_lock)
            {
                if (_isClosed) return;
                var bytes = name.Length + (long)state.Length;
                if (_bytes + bytes > MaxBytes)
                {
                    logger().PassOnFailed(null, name, $"it gave {state.Length} bytes, and {MaxBytes - _bytes - name.Length} are left of the {MaxBytes} that all names have together");
                    return;
                }
                _bytes += (int)bytes;
                _states.Add(new PassedState(name, state));
            }
        }
    }
}
