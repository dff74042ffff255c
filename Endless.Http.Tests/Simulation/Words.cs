namespace Endless.Http.Tests.Simulation;

/// <summary>A message on a channel: the word in the low half, the connection that it is about in the high half.</summary>
internal enum Word : byte
{
    None, Ready, Failed, Stop, TakeOver, Released, Batch, Taken, Refused,
}

/// <summary>A channel is a number: up to seven messages of a byte, the oldest lowest.</summary>
internal static class Words
{
    /// <summary>Adds one. A stop that is said again and again is one.</summary>
    public static void Push(ref ulong channel, Word word, int connection = 0)
    {
        var length = (64 - System.Numerics.BitOperations.LeadingZeroCount(channel) + 7) / 8;
        if (length >= 8) throw new InvalidOperationException("More messages on their way than the model has room for.");
        if (length == 7 && word == Word.Stop) return;
        channel |= (ulong)((int)word | (connection << 4)) << (length * 8);
    }

    /// <summary>Takes the oldest.</summary>
    public static (Word Word, int Connection) Pop(ref ulong channel)
    {
        var message = (int)(channel & 0xff);
        channel >>= 8;
        return ((Word)(message & 15), message >> 4);
    }

    /// <summary>Whether one is there.</summary>
    public static bool Has(ulong channel, Word word, int connection)
    {
        for (var message = (ulong)((int)word | (connection << 4)); channel != 0; channel >>= 8)
            if ((channel & 0xff) == message) return true;
        return false;
    }
}
