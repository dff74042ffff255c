using Endless.Http.Native;
using Endless.Http.Signals;
using Endless.Http.Supervision;

namespace Endless.Http.Tests.Supervision;

/// <summary>A supervisor without a process: what happens to it, and what it did about the last of that.</summary>
internal sealed class SupervisorStory
{
    public SupervisorState State { get; private set; } = new() { StartDue = 0 };

    public long Now { get; private set; }

    /// <summary>What the last event made it do, but for what it told outside.</summary>
    public IReadOnlyList<SupervisorAction> Actions { get; private set; } = [];

    /// <summary>What the service manager outside has heard.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Signals that the last event made it send.</summary>
    public IEnumerable<(int, HandledSignal)> Sent => Actions.OfType<SupervisorAction.Send>().Select(send => (send.ProcessId, send.Signal));

    public bool Starts => Actions.OfType<SupervisorAction.Start>().Any();

    /// <summary>A supervisor whose main process serves.</summary>
    public static SupervisorStory Serving(int processId)
    {
        var story = new SupervisorStory();
        story.Start(processId);
        story.Say(processId, "READY=1");
        return story;
    }

    public void Start(int processId)
    {
        Wait(0);
        Assert.True(Starts);
        Happen(new SupervisorEvent.Started(processId));
    }

    /// <summary>So many milliseconds pass, and nothing else happens.</summary>
    public void Wait(long milliseconds)
    {
        Now += milliseconds;
        Happen(new SupervisorEvent.Time());
    }

    /// <summary>Waits until something is due.</summary>
    public void WaitUntilDue() => Wait(Math.Max(0, State.Due!.Value - Now));

    public void Say(int sender, params string[] assignments) => Happen(new SupervisorEvent.Message(sender, new ManagerMessage(assignments)));

    public void Name(int sender, int next) => Say(sender, $"MAINPID={next}", "READY=1");

    public void Signal(HandledSignal signal, bool isTyped = false) => Happen(new SupervisorEvent.Signal(signal, isTyped));

    public void Exit(int processId, int code = 0) => Happen(new SupervisorEvent.Ended(processId, new ExitStatus(code << 8)));

    public void Kill(int processId) => Happen(new SupervisorEvent.Ended(processId, new ExitStatus(9)));

    /// <summary>It ends, and another process reaps it.</summary>
    public void Vanish(int processId) => Happen(new SupervisorEvent.Ended(processId, new ExitStatus(null)));

    public void Happen(SupervisorEvent happened)
    {
        var before = State;
        (State, var actions) = SupervisorMachine.Step(before, happened, Now);
        Told.AddRange(actions.OfType<SupervisorAction.Tell>().Select(tell => tell.Assignments));
        Actions = [.. actions.Where(action => action is not SupervisorAction.Tell)];
    }
}
