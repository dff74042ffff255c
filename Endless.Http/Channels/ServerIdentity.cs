namespace Endless.Http.Channels;

/// <summary>
/// Which server of a process is meant, in this generation and in the next. Addresses alone do not tell: with two on <c>127.0.0.1:0</c>, a client of one was answered by the other after a restart.
/// </summary>
/// <param name="Address">Its configured address.</param>
/// <param name="Ordinal">How many servers with that address were made before it in its process. Not the order in which they listen: that is a race.</param>
/// <param name="Name">Its name; null if it has none.</param>
internal sealed record ServerIdentity(string Address, int Ordinal = 0, string? Name = null)
{
    /// <summary>
    /// The one of some candidates that is this server in another generation: by its name, else by its order unless both have names and these differ. Null if none is.
    /// </summary>
    internal T? FindIn<T>(IEnumerable<T> candidates, Func<T, ServerIdentity> identityOf)
        where T : class
    {
        T? byOrder = null;
        foreach (var candidate in candidates)
        {
            var other = identityOf(candidate);
            if (other.Address != Address) continue;
            if (Name is not null && other.Name == Name) return candidate;
            if (other.Ordinal == Ordinal && (Name is null || other.Name is null)) byOrder ??= candidate;
        }
        return byOrder;
    }
}
