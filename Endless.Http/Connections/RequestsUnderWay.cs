namespace Endless.Http.Connections;

/// <summary>The requests under way of some connections: how many, and which of them is the oldest.</summary>
internal sealed class RequestsUnderWay
{
    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The oldest; null if there is none.</summary>
    public INamedRequest? Oldest { get; private set; }

    /// <summary>How long the oldest has been under way, in milliseconds.</summary>
    public long OldestAge { get; private set; }

    /// <summary>Adds one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="age">How long it has been under way, in milliseconds.</param>
    public void Add(INamedRequest request, long age)
    {
        Count++;
        if (Oldest is not null && age <= OldestAge) return;
        (Oldest, OldestAge) = (request, Math.Max(0, age));
    }
}
