using System.Collections.Concurrent;
using Endless.Http.Channels;
using Endless.Http.Native;
using Endless.Http.Spawning;

namespace Endless.Http.Tests.Restart;

/// <summary>A process without a process: its environment, the descriptors it has inherited and the children it has spawned.</summary>
internal sealed class FakeHost : IProcessHost
{
    private readonly BlockingCollection<FakeChild> _spawned = [];

    public Dictionary<string, string> Variables { get; } = [];

    public HashSet<int> Listening { get; } = [];

    public HashSet<int> Sockets { get; } = [];

    public List<int> Closed { get; } = [];

    public List<IReadOnlyList<ListenerDescriptor>> Handed { get; } = [];

    public string? SpawnFailure { get; set; }

    /// <summary>Called with each child before its parent knows of it.</summary>
    public Action<FakeChild>? Spawning { get; set; }

    public int ProcessId => 1000;

    public Dictionary<string, string> PassedOn { get; } = [];

    public string? TakeVariable(string name, bool passOn)
    {
        Variables.Remove(name, out var value);
        if (passOn && value != null) PassOnVariable(name, value);
        return value;
    }

    public void PassOnVariable(string name, string value) => PassedOn[name] = value;

    public bool Adopt(int descriptor, bool listening) => (listening ? Listening : Sockets).Contains(descriptor);

    public void Close(int descriptor) => Closed.Add(descriptor);

    public IChildProcess Spawn(IReadOnlyList<ListenerDescriptor> listeners)
    {
        if (SpawnFailure is { } failure) throw new IOException(failure);
        Handed.Add(listeners);
        var child = new FakeChild(2000 + Handed.Count);
        Spawning?.Invoke(child);
        _spawned.Add(child);
        return child;
    }

    /// <summary>The next child that was spawned and not yet asked for.</summary>
    public FakeChild NextChild() => _spawned.TryTake(out var child, TimeSpan.FromSeconds(20)) ? child : throw new TimeoutException("Nothing was spawned.");

    public bool NothingSpawned => _spawned.Count == 0;
}

/// <summary>A child without a process; <see cref="Parent"/> is its end of the control channel.</summary>
internal sealed class FakeChild : IChildProcess
{
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeChild(int id)
    {
        Id = id;
        var (own, childs) = ControlChannel.CreatePair();
        Control = new ControlChannel(own);
        Parent = new ControlChannel(childs);
    }

    public int Id { get; }

    public ControlChannel Control { get; }

    public ControlChannel Parent { get; }

    public bool Killed { get; private set; }

    public Task<ExitStatus> Exited => _exited.Task;

    public void Kill()
    {
        Killed |= !Exited.IsCompleted; // it may be killed twice
        Exit(9);
    }

    /// <summary>Ends with a status word of wait(2): code 3 is 0x300, SIGKILL is 9.</summary>
    public void Exit(int status)
    {
        // In this order: whoever sees the channel's end may ask for the status at once.
        _exited.TrySetResult(new ExitStatus(status));
        Parent.Dispose();
    }

    public void SayReady()
    {
        Parent.Send(new HelloMessage(ControlCodec.Version, Id));
        Parent.Send(new ReadyMessage());
    }
}
