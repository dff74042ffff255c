namespace Endless.Http;

/// <summary>Where sessions are kept on the server: <see cref="MemorySessionStore"/>, or a database. Called for several requests at once, of one session too: the last to save wins.</summary>
public interface ISessionStore
{
    /// <summary>What was saved for an id; null if there is nothing, or it has ended.</summary>
    /// <param name="id">43 letters, digits, <c>-</c> and <c>_</c>: a hash of what the client has, so that who can read the store cannot take a session over.</param>
    /// <param name="cancellation">The request's.</param>
    ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string id, CancellationToken cancellation);

    /// <summary>Saves a session until <paramref name="lifetime"/> has passed.</summary>
    /// <param name="id">As in <see cref="LoadAsync"/>.</param>
    /// <param name="data">Up to <see cref="SessionOptions.MaxBytes"/>; not to be kept without a copy.</param>
    /// <param name="lifetime">More than zero.</param>
    /// <param name="isNew">There is none of this id. False: there was one, and if it is gone meanwhile, nothing may be saved, since a session that one request has ended would come back with another's answer (Redis: <c>SET XX</c>).</param>
    /// <param name="cancellation">None: a response that is on its way is not the client's to stop.</param>
    /// <returns>Whether it was saved.</returns>
    ValueTask<bool> SaveAsync(string id, ReadOnlyMemory<byte> data, TimeSpan lifetime, bool isNew, CancellationToken cancellation);

    /// <summary>Removes a session, if it is there.</summary>
    /// <inheritdoc cref="SaveAsync" path="/param"/>
    ValueTask RemoveAsync(string id, CancellationToken cancellation);
}
