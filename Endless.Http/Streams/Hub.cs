namespace Endless.Http;

/// <summary>
/// Passes messages on to everybody who subscribes, each with a queue of its own that is bounded, so that a slow client holds up nobody else. For server-sent events and WebSockets alike:
/// <code>
/// var hub = new Hub&lt;ServerSentEvent&gt;();
/// mux.HandleFunc("GET /events", async (w, r) =&gt;
/// {
///     await using var events = ServerSentEvents.Start(w, r);
///     using var subscription = hub.Subscribe();
///     await foreach (var message in subscription.Messages(events.Ended)) await events.SendAsync(message);
/// });
/// mux.HandleFunc("POST /say", async (w, r) =&gt; hub.Publish(new ServerSentEvent(System.Text.Encoding.UTF8.GetString(await r.ReadBodyAsync()))));
/// </code>
/// </summary>
/// <remarks>
/// <para>Thread-safe. A message is made once, whoever gets it: as a <see cref="ServerSentEvent"/>, or as bytes of UTF-8 for <see cref="WebSocket.SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.
/// Messages that one thread publishes come to each subscriber in that order.</para>
/// <para>It knows the clients of this process alone; in a restart clients come back to the next generation, and its hub.</para>
/// </remarks>
/// <typeparam name="T">What is passed on; not changed afterwards.</typeparam>
public sealed class Hub<T>
{
    private readonly HubOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HubSubscription<T>[]> _groups = [];
    private HubSubscription<T>[] _all = [];     // replaced and never changed, so that who publishes needs no lock

    /// <param name="options">Null for the defaults.</param>
    public Hub(HubOptions? options = null) => _options = options ?? new HubOptions();

    /// <summary>Subscribers at present.</summary>
    public int Count => Volatile.Read(ref _all).Length;

    /// <summary>Subscribes to all messages that are published to everybody, and to those of a group.</summary>
    /// <param name="group">Null for none. A group is there as long as somebody is in it.</param>
    /// <exception cref="InvalidOperationException">There are <see cref="HubOptions.MaxSubscribers"/> already: answer 503.</exception>
    public HubSubscription<T> Subscribe(string? group = null)
    {
        var subscription = new HubSubscription<T>(_options, group, Remove);
        lock (_lock)
        {
            if (_all.Length >= _options.MaxSubscribers) throw new InvalidOperationException($"The hub has {_all.Length} subscribers, as many as it may: see HubOptions.MaxSubscribers.");
            if (group is not null) _groups[group] = [.. _groups.GetValueOrDefault(group, []), subscription];
            Volatile.Write(ref _all, [.. _all, subscription]);
        }
        return subscription;
    }

    /// <summary>Passes a message on, without waiting for anybody. Where the policy is <see cref="HubPolicy.Wait"/> it is lost to those whose queue is full.</summary>
    /// <param name="message">The message.</param>
    /// <param name="group">Null for everybody.</param>
    /// <returns>How many have it in their queue.</returns>
    public int Publish(T message, string? group = null)
    {
        var count = 0;
        foreach (var subscription in Members(group))
        {
            if (subscription.TryWrite(message))
            {
                count++;
                continue;
            }
            subscription.NoteDropped();
            if (_options.Policy == HubPolicy.DropSubscriber) subscription.Dispose();
        }
        return count;
    }

    /// <summary>Passes a message on as <see cref="Publish"/> does; where the policy is <see cref="HubPolicy.Wait"/>, completes when everybody has it in their queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="group">Null for everybody.</param>
    /// <param name="cancellationToken">Ends the wait; who had room has the message.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired.</exception>
    public async ValueTask<int> PublishAsync(T message, string? group = null, CancellationToken cancellationToken = default)
    {
        if (_options.Policy != HubPolicy.Wait) return Publish(message, group);
        cancellationToken.ThrowIfCancellationRequested();
        var count = 0;
        List<HubSubscription<T>>? full = null;
        foreach (var subscription in Members(group))
        {
            if (subscription.TryWrite(message)) count++;
            else (full ??= []).Add(subscription);
        }
        if (full is null) return count;
        foreach (var subscription in full)
            if (await subscription.WriteAsync(message, cancellationToken).ConfigureAwait(false)) count++;
        return count;
    }

    private HubSubscription<T>[] Members(string? group)
    {
        if (group is null) return Volatile.Read(ref _all);
        lock (_lock)
            return _groups.GetValueOrDefault(group, []);
    }

    private void Remove(HubSubscription<T> subscription)
    {
        lock (_lock)
        {
            var all = Without(_all, subscription);
            if (all == _all) return;
            Volatile.Write(ref _all, all);
            if (subscription.Group is not { } group) return;
            var members = Without(_groups[group], subscription);
            if (members.Length > 0) _groups[group] = members;
            else _groups.Remove(group);
        }
    }

    private static HubSubscription<T>[] Without(HubSubscription<T>[] subscriptions, HubSubscription<T> one)
    {
        var index = Array.IndexOf(subscriptions, one);
        return index < 0 ? subscriptions : [.. subscriptions.AsSpan(0, index), .. subscriptions.AsSpan(index + 1)];
    }
}
