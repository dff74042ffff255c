namespace Endless.Http.Native;

/// <summary>How many are inside something that can be closed, and whether more may enter, in one word: so exactly one of those who leave after the close is the last.</summary>
/// <remarks>Thread-safe, without a lock. A mutable struct: a field of its owner, never copied.</remarks>
internal struct UseCount
{
    private const int Shut = int.MinValue;
    private const int Suspended = 1 << 30;
    private const int Users = Suspended - 1;

    private int _word;

    /// <summary>Nobody may enter any more.</summary>
    public readonly bool IsShut => Volatile.Read(in _word) < 0;

    /// <summary>True means the caller is inside and owes <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        var word = Volatile.Read(ref _word);
        while ((uint)word < Suspended)
        {
            var seen = Interlocked.CompareExchange(ref _word, word + 1, word);
            if (seen == word) return true;
            word = seen;
        }
        return false;
    }

    /// <summary>False if it was shut meanwhile.</summary>
    /// <param name="isLast">It was shut, and nobody is inside now or ever again. True once: the caller then closes what was in use.</param>
    public bool Leave(out bool isLast)
    {
        var word = Interlocked.Decrement(ref _word);
        isLast = word < 0 && (word & Users) == 0;
        return word >= 0;
    }

    /// <summary>
    /// Lets nobody enter any more. True for the first caller: it counts as inside then, so that nothing is closed while it wakes the others, and owes <see cref="Leave"/>.
    /// </summary>
    /// <param name="inUse">Others are inside.</param>
    public bool TryShut(out bool inUse)
    {
        var word = Volatile.Read(ref _word);
        while (word >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, (word | Shut) + 1, word);
            if (seen == word)
            {
                inUse = (word & Users) != 0;
                return true;
            }
            word = seen;
        }
        inUse = false;
        return false;
    }

    /// <summary>Lets nobody enter until <see cref="Resume"/>, and waits until those inside have left: for uses that are short, and not from inside.</summary>
    public void Suspend()
    {
        Interlocked.Or(ref _word, Suspended);
        var wait = new SpinWait();
        while ((Volatile.Read(ref _word) & Users) != 0) wait.SpinOnce();
    }

    /// <summary>After <see cref="Suspend"/>: they may enter again, unless it was shut meanwhile.</summary>
    public void Resume() => Interlocked.And(ref _word, ~Suspended);
}
