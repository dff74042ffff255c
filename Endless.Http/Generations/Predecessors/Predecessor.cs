using Endless.Http.Channels;
using Endless.Http.Sockets;

namespace Endless.Http.Generations;

/// <summary>The generation before this one, as this one sees it: a voice on the control channel, told as events. Thread-safe.</summary>
internal sealed class Predecessor(ControlChannel control, int ownProcessId)
{
    /// <summary>How long it has to say which number this generation has. It says so while this process is still being loaded.</summary>
    private const int GreetingTimeoutMilliseconds = 5_000;

    /// <summary>From this version on it says by a message of its own that the service is this generation's.</summary>
    private const int ReleasesSince = 2;

    private int _version = ReleasesSince;

    /// <summary>Its pid, by its own word; 0 if it never said.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>What was wrong with what it said, for the log; null if nothing.</summary>
    internal string? Complaint { get; private set; }

    /// <summary>Says hello and waits to be told which generation this is; null if it does not say.</summary>
    internal GenerationInfo? Greet()
    {
        control.Send(new HelloMessage(ControlCodec.Version, ownProcessId));
        IReadOnlyList<PassedState> passed = [];
        try
        {
            while (control.WaitToReceive(GreetingTimeoutMilliseconds))
            {
                switch (control.Receive())
                {
                    case HelloMessage hello:
                        (ProcessId, _version) = (hello.ProcessId, hello.Version);
                        break;
                    case PassedStatesMessage { States: var states }:
                        passed = states;
                        break;
                    case GenerationInfoMessage { Info: var info }:
                        return info with { Passed = passed };
                    case null:
                        Complaint = "it is gone";
                        return null;
                }
            }
            Complaint = "it does not say which generation this is";
        }
        catch (InvalidDataException e)
        {
            Complaint = $"it does not speak the control protocol ({e.Message})";
            control.Dispose();
        }
        return null;
    }

    /// <summary>Every server accepts.</summary>
    internal void SayReady() => control.Send(new ReadyMessage());

    /// <summary>The service was told to stop.</summary>
    internal void SayStop() => control.Send(new StopMessage());

    /// <summary>What the start waits for.</summary>
    internal void SayWaiting(string what) => control.Send(new WaitingMessage(what));

    /// <summary>This start has failed. False if nobody is there to hear it.</summary>
    internal bool SayFailed(string reason) => control.Send(new FailedMessage(reason));

    /// <summary>Listens on a thread of its own until it has ended, or can no longer be understood.</summary>
    internal void Listen(IPredecessorListener listener) => new Thread(() =>
    {
        string? complaint = null;
        try
        {
            while (control.Receive(out var descriptors) is { } message) Take(message, descriptors, listener);
        }
        catch (InvalidDataException e)
        {
            complaint = e.Message.TrimEnd('.'); // it serves its connections to their end by itself, as soon as it sees the end of the channel
        }
        control.Dispose();
        listener.Tell(new GenerationEvent.PredecessorIsGone(complaint));
    })
    { IsBackground = true, Name = "endless predecessor" }.UnsafeStart();

    private void Take(ControlMessage message, List<int> descriptors, IPredecessorListener listener)
    {
        if (message is HandOverMessage handOver)
        {
            Adopt(handOver.Batch, listener.Adopt(handOver, descriptors));
            return;
        }
        ControlChannel.CloseAll(descriptors); // descriptor leak: nobody else closes them
        switch (message)
        {
            case TakeOverMessage takeOver:
                // Before the connections that follow: their clients may know this state already.
                if (takeOver.State is { } state) listener.TakeState(state);
                listener.Tell(new GenerationEvent.PredecessorHandsOver());
                if (_version < ReleasesSince) listener.Tell(new GenerationEvent.PredecessorReleased());
                break;
            case StateMessage last:
                listener.TakeState(last.State);
                break;
            case PassedStatesMessage passed:
                listener.TakePassed(passed.States);
                break;
            case ReleasedMessage:
                listener.Tell(new GenerationEvent.PredecessorReleased());
                break;
            case StopMessage:
                listener.Tell(new GenerationEvent.PredecessorStops());
                break;
            case CountersMessage counters:
                listener.TakeCounters(counters);
                break;
        }
    }

    /// <summary>
    /// Says what was taken, and only then begins to serve it: were this process to die in between, the predecessor would still have every
    /// connection it was not told of, unread. If nobody hears it, the predecessor is dead and the connections are ours alone.
    /// </summary>
    private void Adopt(int batch, SocketConnection?[] connections)
    {
        control.Send(new AdoptedMessage(Array.ConvertAll(connections, connection => connection is not null), batch));
        foreach (var connection in connections) connection?.Start();
    }
}

/// <summary>Who is told what the generation before says. On the thread that listens to it.</summary>
internal interface IPredecessorListener
{
    /// <summary>Something has happened to it, or it has said something that the machine is to know.</summary>
    void Tell(GenerationEvent happened);

    /// <summary>It hands over connections: takes in what it can, without starting it yet; null for what it refused. Owns the descriptors.</summary>
    SocketConnection?[] Adopt(HandOverMessage message, IReadOnlyList<int> descriptors);

    /// <summary>What the application leaves, in the place of what it left at the start.</summary>
    void TakeState(ReadOnlyMemory<byte> state);

    /// <summary>What parts of the application leave, in the place of what these left before.</summary>
    void TakePassed(IReadOnlyList<PassedState> states);

    /// <summary>What its counters stand at.</summary>
    void TakeCounters(CountersMessage counters);
}
