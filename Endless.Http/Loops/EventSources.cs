namespace Endless.Http.Loops;

/// <summary>The sources of one loop by the number epoll knows them by.</summary>
/// <remarks>
/// Slot reuse (ABA): a number is a slot and its generation, so that an event already in the batch when its source went away does
/// not reach the next source in the slot. Slots change under the lock; <see cref="Find"/> and <see cref="NextDeadline"/> run without it:
/// an array once published keeps its slots, and the worst a reader can catch between two writes is an event for the slot's new source,
/// which looks at its socket and finds nothing.
/// </remarks>
internal sealed class EventSources
{
    private readonly Lock _lock = new();
    private int _firstFree = -1;
    private int _free;
    private Slot[] _slots = new Slot[64];
    private int _used;

    /// <summary>Number of sources.</summary>
    public int Count => Volatile.Read(ref _used) - Volatile.Read(ref _free);

    /// <summary>Takes a source in.</summary>
    public ulong Add(IEventSource source)
    {
        lock (_lock)
        {
            var index = _firstFree;
            if (index >= 0)
            {
                _firstFree = _slots[index].NextFree;
                Volatile.Write(ref _free, _free - 1);
            }
            else
            {
                index = _used;
                if (index == _slots.Length)
                {
                    var larger = new Slot[index * 2];
                    _slots.CopyTo(larger, 0);
                    Volatile.Write(ref _slots, larger);
                }
                Volatile.Write(ref _used, index + 1);
            }
            ref var slot = ref _slots[index];
            Volatile.Write(ref slot.Source, source);
            return (ulong)slot.Generation << 32 | (uint)index;
        }
    }

    /// <summary>Lets a source go.</summary>
    public void Remove(ulong number)
    {
        lock (_lock)
        {
            ref var slot = ref _slots[(uint)number];
            if (slot.Generation != (uint)(number >> 32)) return;
            slot.Generation++;
            Volatile.Write(ref slot.Source, null);
            slot.NextFree = _firstFree;
            _firstFree = (int)(uint)number;
            Volatile.Write(ref _free, _free + 1);
        }
    }

    /// <summary>The source of a number, null if it went away.</summary>
    public IEventSource? Find(ulong number)
    {
        ref var slot = ref Volatile.Read(ref _slots)[(uint)number];
        return slot.Generation == (uint)(number >> 32) ? Volatile.Read(ref slot.Source) : null;
    }

    /// <summary>Has every source whose deadline passed check itself. The first deadline still to come.</summary>
    public long NextDeadline(long now)
    {
        var next = IEventSource.NoDeadline;
        var used = Volatile.Read(ref _used);
        var slots = Volatile.Read(ref _slots);
        for (var i = 0; i < used && i < slots.Length; i++)
        {
            if (Volatile.Read(ref slots[i].Source) is not { } source) continue;
            var deadline = source.Deadline;
            if (deadline <= now) source.PostCheck();
            else if (deadline < next) next = deadline;
        }
        return next;
    }

    private struct Slot
    {
        public IEventSource? Source;
        public uint Generation;
        public int NextFree; // the one freed before it; -1 for none
    }
}
