namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Decides who goes on at each point of a run.</summary>
internal interface IStrategy
{
    /// <summary>One of <paramref name="able"/>, which is in the order of ids and not empty. <paramref name="running"/> stands at a point and could go on; null if it waits or is done.</summary>
    Actor Choose(Actor? running, List<Actor> able);
}
