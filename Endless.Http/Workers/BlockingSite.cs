namespace Endless.Http.Workers;

/// <summary>A place from which application code is called, and what has been learnt of that code: does it block its thread?</summary>
/// <remarks>
/// Thread-safe without locks: the counters steer a preference, and a count lost to a race only delays it.
/// Strikes are weighed by what the kernel says of the stalled thread. Asleep in a system call is what a blocking handler does; running may be
/// a long computation, but also a method being compiled or a core lent to another process, so it weighs little.
/// </remarks>
/// <param name="name">What it calls, for the log: a route's pattern; null for the server's only handler.</param>
internal sealed class BlockingSite(string? name = null)
{
    private const int StrikesToBlock = 8;
    private const int StrikesOfASleeper = 4;
    private const int StrikesOfARunner = 1;

    /// <summary>As many naps in <see cref="NapTime"/> are a habit. Fewer may be a lock, or a page that was read from disk.</summary>
    private const int NapsToBlock = 8;

    /// <summary>Milliseconds: the monitor looks two hundred times in it.</summary>
    private const long NapTime = 1_000;

    /// <summary>Calls in a row that must be quick before the site is called on the loop again.</summary>
    private const int QuickCallsToTrust = 256;

    private int _strikes;
    private int _quickCalls;
    private int _naps;
    private long _napsSince;
    private bool _reported;

    /// <summary>What it calls, for the log.</summary>
    public string? Name => name;

    /// <summary>Calls of this site go to a worker thread, because they were seen to block the loop.</summary>
    public bool Blocks => Volatile.Read(ref _strikes) >= StrikesToBlock;

    /// <summary>A call of this site held a loop until the monitor took it away. True if that settled it, for the first time: the site blocks from now on.</summary>
    public bool OnStall(bool asleep) => Strike(asleep ? StrikesOfASleeper : StrikesOfARunner);

    /// <summary>A call of this site was found asleep on a slow loop. True if that settled it, as with <see cref="OnStall"/>.</summary>
    /// <param name="now">Milliseconds of <see cref="Environment.TickCount64"/>.</param>
    public bool OnNap(long now)
    {
        if (now - _napsSince > NapTime) (_napsSince, _naps) = (now, 0);
        return ++_naps >= NapsToBlock && Strike(StrikesToBlock);
    }

    private bool Strike(int weight)
    {
        Volatile.Write(ref _quickCalls, 0);
        var strikes = Interlocked.Add(ref _strikes, weight);
        if (strikes < StrikesToBlock || _reported) return false;
        return _reported = true;
    }

    /// <summary>A call on a worker has returned its thread. A site that has become quick is trusted again.</summary>
    /// <param name="isQuick"><see cref="WorkerCall.IsQuick"/>.</param>
    public void OnWorkerCall(bool isQuick)
    {
        if (!isQuick) Volatile.Write(ref _quickCalls, 0);
        else if (Interlocked.Increment(ref _quickCalls) >= QuickCallsToTrust) Volatile.Write(ref _strikes, 0);
    }
}
