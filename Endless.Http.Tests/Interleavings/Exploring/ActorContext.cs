namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Has what the runtime would give to its thread pool run as an actor.</summary>
internal sealed class ActorContext : SynchronizationContext
{
    public static readonly ActorContext Instance = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Actor.Current is { } actor) actor.Execution.Add("pool", () => d(state));
        else Strays.Note("the end of an await");
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);
}
