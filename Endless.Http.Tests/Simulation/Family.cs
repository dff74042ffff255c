using System.Runtime.InteropServices;
using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>Generations of one service with what they share, as of one moment. Who changes it says so by <see cref="World"/>.</summary>
internal sealed class Family
{
    public readonly Member[] Members;
    public Common Common;

    public Family(Rules rules, Limits limits)
    {
        Members = new Member[limits.Processes];
        Common = new Common
        {
            PidFile = Member.Nobody,
            MainProcess = Member.Nobody,
            Signals = limits.Signals,
            Faults = limits.Faults,
            Connections = limits.Connections,
            IsManaged = limits.IsManaged,
            IsFine = limits.IsFine,
        };
        Begin(rules, 0, Member.Nobody);
        if (limits.IsManaged) Common.MainProcess = 0;
    }

    private Family(Member[] members, Common common) => (Members, Common) = (members, common);

    /// <summary>A process begins in a place that is free.</summary>
    public void Begin(Rules rules, int place, byte parent) => Members[place] = new Member
    {
        Life = Life.Living,
        Parent = parent,
        Successor = Member.Nobody,
        State = rules.Number(GenerationState.Initial(parent != Member.Nobody, Common.IsManaged)),
    };

    /// <summary>A place for another process, or -1.</summary>
    public int FreePlace()
    {
        for (var i = 0; i < Members.Length; i++)
            if (Members[i].Life == Life.None) return i;
        return -1;
    }

    public Family Copy() => new([.. Members], Common);

    /// <summary>How many bytes <see cref="Save"/> writes.</summary>
    public int Size => (Members.Length * Marshal.SizeOf<Member>()) + Marshal.SizeOf<Common>();

    /// <summary>Everything, so that two families are equal if and only if their bytes are.</summary>
    public void Save(Span<byte> target)
    {
        MemoryMarshal.AsBytes(Members.AsSpan()).CopyTo(target);
        MemoryMarshal.Write(target[^Marshal.SizeOf<Common>()..], Common);
    }

    public void Load(ReadOnlySpan<byte> source)
    {
        MemoryMarshal.Cast<byte, Member>(source[..^Marshal.SizeOf<Common>()]).CopyTo(Members);
        Common = MemoryMarshal.Read<Common>(source[^Marshal.SizeOf<Common>()..]);
    }
}

/// <summary>What the processes of a family share.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Common
{
    /// <summary>Who is named by pid file and control socket, and by the service manager.</summary>
    public byte PidFile;
    public byte MainProcess;

    /// <summary>What may still come from outside.</summary>
    public byte Signals;
    public byte Faults;
    public byte Connections;

    /// <summary>The connections whose clients have not been served to the end; a bit each. Those that are busy move at no time.</summary>
    public byte Open;
    public byte Busy;

    private byte _isManaged;
    private byte _isFine;
    private byte _stopIsDue;
    private byte _mayBeDown;
    private byte _hasServed;

    public bool IsManaged { readonly get => _isManaged != 0; set => _isManaged = value ? (byte)1 : (byte)0; }

    /// <summary>Between two actions of a process others go on.</summary>
    public bool IsFine { readonly get => _isFine != 0; set => _isFine = value ? (byte)1 : (byte)0; }

    /// <summary>Somebody who speaks for the service was told to stop: nobody may live in the end.</summary>
    public bool StopIsDue { readonly get => _stopIsDue != 0; set => _stopIsDue = value ? (byte)1 : (byte)0; }

    /// <summary>It is nobody's fault any more if nobody accepts: a stop, or the death of the last that could.</summary>
    public bool MayBeDown { readonly get => _mayBeDown != 0; set => _mayBeDown = value ? (byte)1 : (byte)0; }

    /// <summary>Somebody has accepted.</summary>
    public bool HasServed { readonly get => _hasServed != 0; set => _hasServed = value ? (byte)1 : (byte)0; }
}
