using Endless.Http.Channels;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Sockets;

namespace Endless.Http.Generations;

/// <summary>The generation before, as far as it has been heard. Each thing that it says is passed on to whom it concerns: the machine, the servers, the application. Thread-safe.</summary>
internal sealed class PreviousGeneration : IPredecessorListener
{
    private readonly GenerationContext _context;
    private readonly PreviousCounters _counters = new();
    private readonly Adoption _adoption;

    internal PreviousGeneration(GenerationContext context)
    {
        _context = context;
        if (context.Predecessor is null) _counters.Settle(); // nothing comes
        State = context.Info.State;
        _adoption = new Adoption(() => context.Members.Endpoints, () => context.Logger);
        Application = new ApplicationEvents(context.Predecessor != null, context.Info.Passed, () => context.Logger);
        context.Observe(Application);
    }

    /// <summary>What the application of the generation before left, as it last said.</summary>
    internal ReadOnlyMemory<byte> State { get; private set; }

    /// <summary>What the application is told of the generation before.</summary>
    internal ApplicationEvents Application { get; }

    /// <summary>What the counters of all generations before this one stand at, as the last word from the one before has it.</summary>
    internal ReadOnlyMemory<byte> Counters => _counters.Counters;

    /// <summary>Connections that generations before this one still have.</summary>
    internal int Connections => _counters.Connections;

    /// <summary>Completes when <see cref="Counters"/> has arrived, or nothing will.</summary>
    internal Task CountersArrived => _counters.Settled;

    /// <summary>Logs whom this process continues, and what was wrong with what came from there.</summary>
    internal void Introduce()
    {
        if (_context.Predecessor is { } predecessor) _context.Logger.GenerationStarted(_context.Info.Number, predecessor.ProcessId);
        if (_context.Complaint is { } complaint) _context.Logger.InheritanceBroken(complaint);
    }

    /// <summary>Begins to listen; once.</summary>
    internal void Listen()
    {
        if (_context.Predecessor is { } predecessor) predecessor.Listen(this);
        else if (_context.Continues) _context.Shell.Post(new GenerationEvent.PredecessorIsGone());
    }

    public void Tell(GenerationEvent happened)
    {
        var logger = _context.Logger;
        switch (happened)
        {
            case GenerationEvent.PredecessorStops:
                logger.PredecessorStops();
                break;
            case GenerationEvent.PredecessorReleased:
                _counters.Settle();
                break;
            case GenerationEvent.PredecessorIsGone gone:
                _counters.End();
                var (number, processId) = (_context.Info.Number - 1, _context.Predecessor!.ProcessId);
                if (gone.Complaint is { } complaint) logger.PredecessorNotUnderstood(number, processId, complaint);
                else if (_context.IsInCharge || _context.Shell.State.Own == OwnPhase.Serving) logger.PredecessorFinished(number, processId);
                else logger.PredecessorGone();
                break;
        }
        _context.Shell.Post(happened);
    }

    public SocketConnection?[] Adopt(HandOverMessage message, IReadOnlyList<int> descriptors) => _adoption.Take(message, descriptors);

    public void TakeState(ReadOnlyMemory<byte> state)
    {
        State = state;
        Application.OnStateArrived(state);
    }

    public void TakePassed(IReadOnlyList<PassedState> states) => Application.OnPassedArrived(states);

    public void TakeCounters(CountersMessage counters) => _counters.Take(counters);
}
