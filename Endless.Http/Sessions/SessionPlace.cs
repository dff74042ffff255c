namespace Endless.Http.Sessions;

/// <summary>Where the sessions of one middleware are: in the cookie, or in a store that the cookie leads to.</summary>
internal abstract class SessionPlace
{
    /// <summary>What was saved for a cookie's value; null if nothing.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string cookie, Request request);

    /// <summary>Saves a session; null if it was ended meanwhile, else the cookie's value.</summary>
    /// <param name="cookie">The value that the client sent and that led to the session; null for a session that is new or was renewed.</param>
    /// <param name="data">The session.</param>
    /// <param name="lifetime">How long it is to be kept.</param>
    public abstract ValueTask<string?> SaveAsync(string? cookie, ReadOnlyMemory<byte> data, TimeSpan lifetime);

    /// <summary>Forgets what a cookie's value leads to.</summary>
    public abstract ValueTask RemoveAsync(string cookie);
}
