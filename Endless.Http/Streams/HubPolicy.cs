namespace Endless.Http;

/// <summary>What becomes of a message for a subscriber of a <see cref="Hub{T}"/> whose queue is full.</summary>
public enum HubPolicy
{
    /// <summary>The oldest message in its queue is dropped. For what replaces what was before: prices, positions, figures.</summary>
    DropOldest,

    /// <summary>The subscriber is dropped: its messages end after those in its queue. For what makes no sense with a gap; the client comes back and begins anew.</summary>
    DropSubscriber,

    /// <summary><see cref="Hub{T}.PublishAsync"/> waits for it, when all others have the message. Who publishes is held up by the slowest client.</summary>
    Wait,
}
