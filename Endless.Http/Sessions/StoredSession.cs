namespace Endless.Http.Sessions;

/// <summary>A session of a <see cref="MemorySessionStore"/>.</summary>
/// <param name="Id">As in <see cref="ISessionStore.LoadAsync"/>.</param>
/// <param name="Data">Never changed: a save puts another in its place.</param>
/// <param name="Ends">In seconds of Unix time.</param>
internal sealed record StoredSession(string Id, byte[] Data, long Ends);
