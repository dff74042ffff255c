using Endless.Http.Native;

namespace Endless.Http.Supervision;

/// <summary>Sees processes end that may be another's children: by a pidfd each or, where the kernel refuses one, by asking from time to time. Owns the descriptors; one thread's.</summary>
/// <param name="open">Opens a pidfd; the negated errno value if it is refused.</param>
internal sealed class ProcessWatch(Func<int, int> open)
{
    /// <summary>How often a process is asked after that has no pidfd: milliseconds.</summary>
    private const int AskPeriod = 250;

    // In place of a descriptor.
    private const int Asked = -1;
    private const int Gone = -2;

    private readonly Dictionary<int, int> _watched = []; // process ids and their descriptors

    internal ProcessWatch() : this(static id => Libc.pidfd_open(id, 0) is >= 0 and var descriptor ? descriptor : -Errno.Last)
    {
    }

    /// <summary>What to poll: readable means that <see cref="FindEnded"/> has news.</summary>
    internal IEnumerable<int> Descriptors => _watched.Values.Where(descriptor => descriptor >= 0);

    /// <summary>When to look at <see cref="FindEnded"/> whatever was polled: milliseconds; -1 for never.</summary>
    internal int Timeout => _watched.ContainsValue(Gone) ? 0 : _watched.ContainsValue(Asked) ? AskPeriod : -1;

    /// <summary>Watches these processes and no others.</summary>
    internal void Follow(IReadOnlyList<int> processIds)
    {
        foreach (var (id, descriptor) in _watched)
        {
            if (processIds.Contains(id)) continue;
            if (descriptor >= 0) _ = Libc.close(descriptor);
            _watched.Remove(id);
        }
        foreach (var id in processIds)
            if (!_watched.ContainsKey(id)) _watched.Add(id, Open(id));
    }

    /// <summary>Those that have ended; each is in it until it is no longer followed.</summary>
    internal IReadOnlyList<int> FindEnded() => [.. _watched.Where(watched => HasEnded(watched.Key, watched.Value)).Select(watched => watched.Key)];

    /// <summary>Only ESRCH says that there is no such process. A seccomp filter says EPERM or ENOSYS, a process without descriptors EMFILE: of one that lives.</summary>
    private int Open(int processId) => open(processId) switch
    {
        >= 0 and var descriptor => descriptor,
        -Errno.ESRCH => Gone,
        _ => Asked,
    };

    private static unsafe bool HasEnded(int processId, int descriptor)
    {
        if (descriptor == Asked) return !ProcessStat.Lives(processId);
        var polled = new Libc.PollDescriptor { Fd = descriptor, Events = Libc.POLLIN };
        return descriptor == Gone || Libc.poll(&polled, 1, 0) == 1;
    }
}
