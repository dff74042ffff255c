using Endless.Http.Channels;
using Endless.Http.Transport;

namespace Endless.Http.Generations;

/// <summary>The generation before this one, as this one sees it: a voice on the control channel.</summary>
internal sealed class Predecessor(ControlChannel control, int ownProcessId)
{
    /// <summary>How long it has to say which number this generation has. It says so while this process is still being loaded.</summary>
    private const int GreetingTimeoutMilliseconds = 5_000;

    private readonly Lock _sending = new();

    /// <summary>Its pid, by its own word; 0 if it never said.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>What was wrong with what it said, for the log; null if nothing.</summary>
    internal string? Complaint { get; private set; }

    /// <summary>Says hello and waits to be told which generation this is; null if it does not say.</summary>
    internal GenerationInfo? Greet()
    {
        control.Send(new HelloMessage(ControlCodec.Version, ownProcessId));
        try
        {
            while (control.WaitToReceive(GreetingTimeoutMilliseconds))
            {
                switch (control.Receive())
                {
                    case HelloMessage hello:
                        ProcessId = hello.ProcessId;
                        break;
                    case GenerationInfoMessage { Info: var info }:
                        return info;
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

    /// <summary>Every server accepts. False if nobody is there to hear it.</summary>
    internal bool SayReady() => Say(new ReadyMessage());

    /// <summary>This start has failed. False if nobody is there to hear it.</summary>
    internal bool SayFailed(string reason) => Say(new FailedMessage(reason));

    /// <summary>Listens until it has ended, or can no longer be understood.</summary>
    /// <param name="adopt">It hands over connections: takes in what it can, without starting it yet; null for what it refused. Owns the descriptors.</param>
    /// <param name="takeOver">It leaves the service to this process. Of some versions it does not say so.</param>
    /// <param name="counters">It says what its counters stand at.</param>
    /// <param name="finished">It has ended; or, with the reason, it can no longer be understood, and hears at once that nobody listens.</param>
    internal Task WatchAsync(Func<HandOverMessage, IReadOnlyList<int>, SocketConnection?[]> adopt, Action takeOver, Action<CountersMessage> counters, Action<string?> finished) => Task.Factory.StartNew(() =>
    {
        string? complaint = null;
        try
        {
            while (control.Receive(out var descriptors) is { } message)
            {
                if (message is HandOverMessage handOver)
                {
                    Adopt(handOver.Batch, adopt(handOver, descriptors));
                    continue;
                }
                ControlChannel.CloseAll(descriptors); // nobody asked for them, so they are nobody's
                if (message is TakeOverMessage) takeOver();
                else if (message is CountersMessage figures) counters(figures);
            }
        }
        catch (InvalidDataException e)
        {
            complaint = e.Message; // it serves its connections to their end by itself, as soon as it sees the end of the channel
        }
        control.Dispose();
        finished(complaint);
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>
    /// Says what was taken, and only then begins to serve it: were this process to die in between, the predecessor would still have every
    /// connection it was not told of, unread. If nobody hears it, the predecessor is dead and the connections are ours alone.
    /// </summary>
    private void Adopt(int batch, SocketConnection?[] connections)
    {
        Say(new AdoptedMessage(Array.ConvertAll(connections, connection => connection is not null), batch));
        foreach (var connection in connections) connection?.Start();
    }

    private bool Say(ControlMessage message)
    {
        lock (_sending)
            return control.Send(message);
    }
}
