using System.Diagnostics;

namespace Endless.Http.Load;

/// <summary>
/// Notices when this process could not run: a thread that does nothing but sleep for a millisecond wakes up late then, as its clients do. A response
/// that was slow meanwhile says nothing of the server. Thread-safe.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    private long _longest;
    private volatile bool _stopping;

    public StallWatch() => new Thread(Run) { IsBackground = true, Name = "stall watch" }.Start();

    /// <summary>The longest stall since the last call.</summary>
    public TimeSpan Next() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longest, 0));

    public void Dispose() => _stopping = true;

    private void Run()
    {
        for (var last = Stopwatch.GetTimestamp(); !_stopping;)
        {
            Thread.Sleep(1);
            var now = Stopwatch.GetTimestamp();
            if (now - last > Volatile.Read(ref _longest)) Volatile.Write(ref _longest, now - last);
            last = now;
        }
    }
}
