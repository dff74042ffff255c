namespace Endless.Http.Sessions;

/// <summary>A session of a <see cref="MemorySessionStore"/>, or that one was there: ended by a request here, it must not come back from the generation before, whose last word comes later.</summary>
/// <param name="Id">As in <see cref="ISessionStore.LoadAsync"/>.</param>
/// <param name="Data">Never changed: a save puts another in its place. Empty for one that was ended.</param>
/// <param name="Saved">In milliseconds of Unix time.</param>
/// <param name="Ends">In milliseconds of Unix time.</param>
internal sealed record StoredSession(string Id, ReadOnlyMemory<byte> Data, long Saved, long Ends)
{
    /// <summary>What it takes beside its data: the entry, its place in the list and the table, the id. Counted so that many small ones are bounded too.</summary>
    public const int Overhead = 256;

    /// <summary>Bytes that it counts for.</summary>
    public int Bytes => Data.Length + Overhead;
}
