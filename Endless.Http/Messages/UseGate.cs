namespace Endless.Http.Messages;

/// <summary>Lets operations into one direction of a connection until it is closed, and closes it when the last of them has left.</summary>
/// <remarks>Thread-safe. One word holds how many are inside and, as its sign, whether anybody else may enter, so that exactly one of them is the last.</remarks>
/// <param name="close">Called once, on the thread of whoever leaves last.</param>
internal sealed class UseGate(Action close)
{
    private const int Closing = int.MinValue;

    private int _word;

    /// <summary>Nobody may enter any more.</summary>
    public bool IsClosing => Volatile.Read(ref _word) < 0;

    /// <summary>Begins an operation. True means it owes <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        var word = Volatile.Read(ref _word);
        while (word >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, word + 1, word);
            if (seen == word) return true;
            word = seen;
        }
        return false;
    }

    /// <summary>Ends an operation. False if the direction was closed meanwhile: what came of the operation is void.</summary>
    public bool Leave()
    {
        var word = Interlocked.Decrement(ref _word);
        if (word == Closing) close();
        return word >= 0;
    }

    /// <summary>
    /// Shuts the gate. True for the first who asks: it is inside itself then, so that nothing is closed under its hands while it wakes the others, and owes <see cref="Leave"/>.
    /// </summary>
    /// <param name="inUse">Others are inside.</param>
    public bool TryShut(out bool inUse)
    {
        var word = Volatile.Read(ref _word);
        while (word >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, Closing + word + 1, word);
            if (seen == word)
            {
                inUse = word > 0;
                return true;
            }
            word = seen;
        }
        inUse = false;
        return false;
    }
}
