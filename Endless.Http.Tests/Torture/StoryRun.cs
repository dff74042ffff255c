using System.Diagnostics;
using System.Globalization;

namespace Endless.Http.Tests.Torture;

/// <summary>A story as it happens: what was done when, and what is still under way.</summary>
internal sealed class StoryRun(Family family, TortureLoad load)
{
    /// <summary>Every restart that was asked for has an answer by then: the longest freeze, a start that takes its time, another one that was under way.</summary>
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<string> _notes = [];
    private readonly List<Task> _pending = [];

    public Family Family => family;

    public TortureLoad Load => load;

    /// <summary>How many processes there had been before the last step but waits.</summary>
    public int Seen { get; private set; } = 1;

    /// <summary>How many failures the log had told of by then.</summary>
    public int SeenFailures { get; private set; }

    /// <summary>Why restarts failed, as those who asked were told.</summary>
    public List<string> Failures { get; } = [];

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_lock) return [.. _notes];
        }
    }

    public void Note(string text)
    {
        lock (_lock) _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {Stopwatch.GetElapsedTime(_start).TotalMilliseconds,6:0} ms  {text}"));
    }

    public async Task DoAsync(Step step)
    {
        if (step.Pause > TimeSpan.Zero) await Task.Delay(step.Pause);
        if (step.Kind.Length > 0)
        {
            (Seen, SeenFailures) = (family.Roster.All.Count, family.FailureLines());
            load.Ledger.CountFault(step.Kind);
        }
        var before = Stopwatch.GetTimestamp();
        var result = await step.Act(this);
        Note($"{step.Text}{(result.Length > 0 ? $": {result}" : "")}{(step.Kind.Length > 0 ? "" : $", after {Stopwatch.GetElapsedTime(before).TotalMilliseconds:0} ms")}");
    }

    /// <summary>Goes on beside the steps.</summary>
    public void Afterwards(Task task) => _pending.Add(task);

    public void Ask() => Afterwards(AskAsync());

    /// <summary>Waits for what goes on beside the steps.</summary>
    public async Task EndedAsync()
    {
        foreach (var task in _pending) await task.WaitAsync(AnswerBound * 2);
        _pending.Clear();
    }

    /// <summary>Has the service restart and waits for the answer.</summary>
    /// <returns>Null if there was nobody to ask, or it took too long.</returns>
    public async Task<RestartResult?> AskAsync()
    {
        try
        {
            var result = await RestartClient.RestartAsync(family.PidFile, AnswerBound);
            Note(result.Succeeded ? $"RestartClient was told: generation {result.Generation}, process {result.ProcessId}" : $"RestartClient was told: {result.Reason}");
            if (!result.Succeeded)
                lock (_lock) Failures.Add(result.Reason ?? "");
            return result;
        }
        catch (IOException e)
        {
            Note($"RestartClient found nobody: {e.Message}");
            if (!family.IsHarmed) load.Violation($"RestartClient found nobody, and nothing had been harmed: {e.Message}");
        }
        catch (TimeoutException e)
        {
            load.Violation($"RestartClient got no answer within {AnswerBound.TotalSeconds:0} s: {e.Message}");
        }
        return null;
    }
}
