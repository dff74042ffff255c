using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Tests.Torture;

/// <summary>The processes of a family, dead ones too, and what the story has done to each. Thread-safe.</summary>
/// <param name="isGone">Nothing is left of a process.</param>
internal sealed class Roster(Func<int, bool> isGone)
{
    /// <summary>So long after a process was killed its parent, frozen by nobody, may not have heard of it.</summary>
    private static readonly TimeSpan Unheard = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Member> _members = [];
    private readonly List<(string File, Fate Fate)> _dooms = []; // files, each of which will name a process that is told to fail
    private bool _mayBeDown;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Member> All
    {
        get
        {
            lock (_lock) return [.. _members];
        }
    }

    /// <summary>When the story first told the service to stop.</summary>
    public long? Stopped { get; private set; }

    /// <summary>The story has left nobody alive who could serve.</summary>
    public bool MayBeDown
    {
        get
        {
            Look();
            lock (_lock) return _mayBeDown;
        }
    }

    private bool CanServe => _members.Any(other => other.IsHealthy && !other.Drains);

    public void Add(int pid, TimeSpan probation, int? parent = null)
    {
        lock (_lock)
        {
            if (Find(pid) is not { Gone: null } member) _members.Add(member = new Member(pid, probation));
            member.Parent ??= parent;
        }
    }

    /// <summary>The process that will be named in a file.</summary>
    public void Doom(string file, Fate fate)
    {
        lock (_lock) _dooms.Add((file, fate));
    }

    /// <summary>A process printed a line.</summary>
    public void Hear(string line, TimeSpan probation)
    {
        if (FamilyLog.Started(line) is var (parent, child)) Add(child, probation, parent);
        if (FamilyLog.Listening(line) is { } listening)
        {
            Add(listening, probation);
            lock (_lock) Find(listening)!.Listens = true;
        }
        if (FamilyLog.Draining(line) is { } draining)
        {
            lock (_lock)
                if (Find(draining) is { } member) Drain(member);
        }
    }

    /// <summary>Takes note of who is gone, and who has been told to go.</summary>
    public void Look()
    {
        lock (_lock)
        {
            foreach (var (file, fate) in _dooms)
                if (File.Exists(file) && int.TryParse(File.ReadAllText(file), out var pid) && Find(pid) is { IsDoomed: false } member)
                    member.Fate = fate;
            foreach (var member in _members.Where(member => member.Gone is null && isGone(member.Pid)))
            {
                member.Gone = Stopwatch.GetTimestamp();
                if (member.Fate == Fate.Dies) _mayBeDown |= !CanServe;
            }
        }
    }

    /// <summary>The service is about to be told to stop.</summary>
    public void Stop()
    {
        lock (_lock) Stopped ??= Stopwatch.GetTimestamp();
    }

    /// <summary>A member is about to be killed.</summary>
    public void Kill(Member member)
    {
        lock (_lock)
        {
            member.Killed = Stopwatch.GetTimestamp();
            _mayBeDown |= !CanServe;
        }
    }

    /// <summary>The next process after so many, once it is there; null if none comes in time.</summary>
    public async Task<Member?> NextAsync(int after, bool listening, TimeSpan span)
    {
        for (var deadline = Deadline.After(span); !deadline.Passed; await Task.Delay(1))
        {
            lock (_lock)
                if (_members.Count > after && (!listening || _members[after].Listens || _members[after].Gone is not null)) return _members[after];
        }
        return null;
    }

    /// <summary>What the story did explains that a connection broke: whoever had it, or may have had it, died by the story meanwhile.</summary>
    /// <param name="owner">Who answered on it last; 0 if nobody did.</param>
    /// <param name="since">When that answer was asked for, or the connection made.</param>
    /// <param name="until">When it was seen to be broken.</param>
    public bool Explains(int owner, long since, long until)
    {
        Look();
        lock (_lock)
        {
            var first = _members.FindIndex(member => member.Pid == owner);
            return _members.Where((member, index) => member.DiedBetween(since, until)
                && (owner == 0 || index == first || (index > first && (Stopped is not null || member.MayHoldOthers(Math.Min(member.Killed ?? until, member.Gone ?? until)))))).Any();
        }
    }

    /// <summary>It has left the service to its child, which had taken over everything: one that the story killed in the same moment leaves nobody, as one killed a moment later would.</summary>
    private void Drain(Member member)
    {
        member.Drains = true;
        if (_members.Any(child => child.Parent == member.Pid && (child.Killed ?? (child.Fate == Fate.Dies ? child.Gone : null)) is { } died && Stopwatch.GetElapsedTime(died) < Unheard)) _mayBeDown |= !CanServe;
    }

    private Member? Find(int pid) => _members.FindLast(member => member.Pid == pid);
}
