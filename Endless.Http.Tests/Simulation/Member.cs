using System.Runtime.InteropServices;

namespace Endless.Http.Tests.Simulation;

/// <summary>Whether a process runs.</summary>
internal enum Life : byte
{
    None, Living, Dead,
}

/// <summary>Where the program of a process is.</summary>
internal enum App : byte
{
    /// <summary>Its servers do not listen yet.</summary>
    Boots,

    /// <summary>They do.</summary>
    Runs,

    /// <summary>They were told to stop, or drain.</summary>
    Leaves,

    /// <summary>The last has ended; Main returns as soon as the shell lets it.</summary>
    Ended,

    /// <summary>It hangs in its start, for ever.</summary>
    Hangs,

    /// <summary>It failed in its start and is about to exit.</summary>
    Fails,
}

/// <summary>What is so of a process.</summary>
[Flags]
internal enum Traits : ushort
{
    Frozen = 1,

    /// <summary>No program of this library: it says what it likes.</summary>
    Rogue = 2,

    /// <summary>It cannot become a service any more: its start failed or was stopped, or its program closed its servers.</summary>
    Sick = 4,

    /// <summary>Its servers accept.</summary>
    Accepting = 8,
    Hammered = 16,

    /// <summary>It closed its end of the channel to its parent, and lives.</summary>
    Closed = 32,

    /// <summary>What its parent reads next of it is nonsense.</summary>
    UpTorn = 64,

    /// <summary>What it reads next of its parent is nonsense: it hears nothing more until the parent's end.</summary>
    DownTorn = 128,

    /// <summary>Its parent's shell has read the channel to its end.</summary>
    EndRead = 256,

    /// <summary>Its parent's shell has seen its exit.</summary>
    ExitSeen = 512,

    /// <summary>It has read that its parent is gone.</summary>
    ParentGone = 1024,

    /// <summary>Its parent's shell hears it no more.</summary>
    Forgotten = 2048,

    /// <summary>A SIGTERM that it has not handled came while pid file or manager named it.</summary>
    NamedWhenStopped = 4096,

    /// <summary>The step under way is a stop of the service.</summary>
    StopsService = 8192,

    /// <summary>An attempt has begun and is not answered.</summary>
    Attempt = 16384,
}

/// <summary>What has happened inside a process and waits for its turn with the machine.</summary>
[Flags]
internal enum News : byte
{
    /// <summary>The application is asked for its state.</summary>
    Asked = 1,

    /// <summary>The thread of the successor is in posix_spawn.</summary>
    Spawning = 2,
    Spawned = 4,

    /// <summary>The thread of the successor hands over.</summary>
    Giving = 8,
    IdleDone = 16,
    Accepts = 32,
    Stops = 64,
}

/// <summary>A process: the machine's state, its shell's and what is on its way to and from its parent. All in one value of a few bytes, so that a family can be copied and compared.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Member
{
    public const byte Nobody = 255;

    /// <summary>What it has said to its parent and the parent has not read; the oldest in the lowest byte.</summary>
    public ulong Up;

    /// <summary>What its parent has said and it has not read.</summary>
    public ulong Down;
    public ushort State;

    /// <summary>The list of actions under way, and how many of them are done.</summary>
    public ushort Deeds;
    public Traits Traits;
    public byte Done;
    public Life Life;
    public App App;
    public News News;
    public byte Parent;
    public byte Successor;
    public byte Timers;
    public byte Signals;

    /// <summary>The connections that it reads, and those that are on their way to its successor; a bit each.</summary>
    public byte Held;
    public byte Sent;

    /// <summary>Who waits for an answer and is not part of an attempt.</summary>
    public byte Waiting;

    /// <summary>How much a rogue has said.</summary>
    public byte Words;

    public readonly bool Is(Traits traits) => (Traits & traits) != 0;

    public readonly bool Has(News news) => (News & news) != 0;

    /// <summary>It can do something: it lives, is not frozen and is ours.</summary>
    public readonly bool Runs => Life == Life.Living && (Traits & (Traits.Frozen | Traits.Rogue)) == 0;
}
