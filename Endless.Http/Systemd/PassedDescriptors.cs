using System.Globalization;
using Endless.Http.Spawning;

namespace Endless.Http.Systemd;

/// <summary>What whoever started this process says that it has passed to it: LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID (sd_listen_fds(3)), descriptors from 3 on.</summary>
/// <param name="All">Names and descriptors, in their order; nobody has looked yet whether there is such a descriptor. A name is empty where none was given.</param>
/// <param name="Complaints">What is wrong with it.</param>
internal sealed record PassedDescriptors(IReadOnlyList<(string Name, int Descriptor)> All, IReadOnlyList<string> Complaints)
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    internal const int First = 3;

    /// <summary>RLIMIT_NOFILE is lower almost everywhere; a larger number is no number of sockets.</summary>
    private const int Most = 65_536;

    /// <summary>Takes it out of the environment, also where it is meant for another process.</summary>
    internal static PassedDescriptors Take(IProcessHost host, int first = First)
    {
        var count = host.TakeVariable("LISTEN_FDS");
        var names = host.TakeVariable("LISTEN_FDNAMES");
        var processId = host.TakeVariable("LISTEN_PID");
        if (string.IsNullOrEmpty(count)) return new([], []);
        // Programs that cannot know the pid beforehand (systemfd, and this library's own supervisor) leave LISTEN_PID out.
        if (!string.IsNullOrEmpty(processId) && processId != host.ProcessId.ToString(CultureInfo.InvariantCulture))
            return new([], [$"LISTEN_FDS is meant for pid \"{processId}\" (LISTEN_PID), and this is {host.ProcessId}"]);
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > Most)
            return new([], [$"LISTEN_FDS is \"{count}\", which is no number of descriptors"]);
        var named = string.IsNullOrEmpty(names) ? [] : names.Split(':');
        var all = new (string Name, int Descriptor)[number];
        for (var i = 0; i < number; i++) all[i] = (named.Length == number ? named[i] : "", first + i);
        return new(all, named.Length == 0 || named.Length == number ? [] : [$"LISTEN_FDNAMES has {named.Length} name(s) for {number} descriptor(s); the names"]);
    }

    /// <summary>The complaint about one that is not what it should be.</summary>
    internal string Describe((string Name, int Descriptor) passed, string should) =>
        $"descriptor {passed.Descriptor}{(passed.Name.Length > 0 ? $" (\"{passed.Name}\")" : "")} of LISTEN_FDS={All.Count} is no {should}";
}
