namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>What to explore: a few actors on objects made anew for each run.</summary>
internal abstract class Scenario
{
    /// <summary>
    /// Names of types (<c>DeferredClose</c>, nested ones by the outer one's name) or namespaces (<c>Endless.Http.Transport</c>) whose points are offered: each synchronizing call. The others' code runs
    /// through: they are taken to be right.
    /// </summary>
    public abstract string[] Watched { get; }

    /// <summary>Names of types each access to whose fields is a point as well.</summary>
    public virtual string[] WatchedFields => [];

    /// <summary>So many preemptions are explored in full with the test suite.</summary>
    public virtual int Preemptions => 1;

    /// <summary>It is there for the explorer to find what is wrong with it.</summary>
    public virtual bool IsWrong => false;

    /// <summary>Makes the objects and the actors.</summary>
    public abstract void Begin(Execution run);

    /// <summary>What is true at every point.</summary>
    public virtual void Check() { }

    /// <summary>Everybody is done: ends the loops that still wait for something to do.</summary>
    public virtual void Stop() { }

    /// <summary>What is true when everybody is done.</summary>
    public virtual void End() { }

    /// <summary>Waits in the scenario's own code, as an actor.</summary>
    protected static void Await(Func<bool> happened)
    {
        if (!happened()) Execution.Current.Wait(Actor.Current!, null, happened);
    }

    /// <summary>A point in the scenario's own code: others may go first.</summary>
    protected static void Pass() { }
}
