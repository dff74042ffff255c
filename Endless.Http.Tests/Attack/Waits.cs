namespace Endless.Http.Tests.Attack;

/// <summary>How long a client waited for each of its answers, in milliseconds. Thread-safe.</summary>
internal sealed class Waits
{
    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];
    private int _failures;

    /// <summary>Requests that were not answered.</summary>
    public int Failures
    {
        get
        {
            lock (_lock) return _failures;
        }
    }

    /// <summary>Answers so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _milliseconds.Count;
        }
    }

    /// <summary>The longest of them; infinite if there are none.</summary>
    public double Longest => Percentile(100);

    /// <summary>The wait that so many of a hundred answers did not exceed; infinite if there are none.</summary>
    public double Percentile(int percent)
    {
        lock (_lock)
        {
            var sorted = _milliseconds.Order().ToList();
            return sorted.Count == 0 ? double.PositiveInfinity : sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];
        }
    }

    public void Add(double milliseconds)
    {
        lock (_lock) _milliseconds.Add(milliseconds);
    }

    public void AddFailure()
    {
        lock (_lock) _failures++;
    }
}
