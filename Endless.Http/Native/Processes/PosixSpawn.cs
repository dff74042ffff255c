using System.Text;

namespace Endless.Http.Native;

/// <summary>
/// Starts a program by posix_spawn(3): never by fork, which in a process with a runtime's threads copies locks that nobody will release.
/// The child starts with default dispositions and a signal mask of the caller's choice, whatever its parent has set.
/// </summary>
internal static unsafe class PosixSpawn
{
    /// <summary>The number of the first descriptor handed to the child, as in Go's os/exec.ExtraFiles and systemd's LISTEN_FDS.</summary>
    internal const int FirstDescriptor = 3;

    // posix_spawnattr_t is the largest of the three structs: 336 bytes in glibc and musl on 64-bit machines.
    private const int StructBytes = 1024;

    /// <summary>Starts <paramref name="path"/> and returns its pid.</summary>
    /// <param name="path">The file to execute, absolute.</param>
    /// <param name="arguments">argv, each string ended by a NUL, as in /proc/self/cmdline.</param>
    /// <param name="environment">The environment, each <c>NAME=value</c> ended by a NUL.</param>
    /// <param name="directory">The child's working directory; null for this process's own.</param>
    /// <param name="descriptors">
    /// What the child gets as 3, 4, ...; they stay the caller's. Everything else but 0, 1 and 2 is closed in the child; of those, one that is closed here or whose
    /// terminal is gone is /dev/null there.
    /// </param>
    /// <param name="blocked">The signals that wait in the child until it unblocks them; no others do.</param>
    /// <exception cref="IOException">The program cannot be executed; the message names it and the reason.</exception>
    internal static int Start(
        string path, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> environment, string? directory, ReadOnlySpan<int> descriptors, ReadOnlySpan<int> blocked = default)
    {
        var actions = stackalloc byte[StructBytes];
        var attributes = stackalloc byte[StructBytes];
        var signals = stackalloc byte[StructBytes];
        var free = FirstDescriptor + descriptors.Length;
        Span<int> relocated = stackalloc int[descriptors.Length];
        var made = 0;
        Check(Libc.posix_spawn_file_actions_init(actions), path);
        Check(Libc.posix_spawnattr_init(attributes), path);
        try
        {
            // Each dup2 would overwrite a source that happens to have a target's number, so all sources are first copied above the targets.
            foreach (var descriptor in descriptors)
            {
                var copy = Libc.fcntl(descriptor, Libc.F_DUPFD_CLOEXEC, free);
                if (copy < 0) Check(Errno.Last, path);
                relocated[made++] = copy;
            }
            for (var i = 0; i < made; i++)
                Check(Libc.posix_spawn_file_actions_adddup2(actions, relocated[i], FirstDescriptor + i), path);
            for (var i = 0; i < FirstDescriptor; i++)
            {
                if (!StandardDescriptor.IsUsable(i))
                    Check(Libc.posix_spawn_file_actions_addopen(actions, i, StandardDescriptor.Nothing, Libc.O_RDWR, 0), path);
            }
            CloseTheRest(actions, free);
            fixed (byte* workingDirectory = Terminated(directory))
            {
                if (workingDirectory != null)
                    Check(Libc.posix_spawn_file_actions_addchdir_np(actions, workingDirectory), path);
            }
            SignalMask.Fill(signals, blocked);
            Check(Libc.posix_spawnattr_setsigmask(attributes, signals), path);
            Libc.sigfillset(signals);
            Check(Libc.posix_spawnattr_setsigdefault(attributes, signals), path);
            Check(Libc.posix_spawnattr_setflags(attributes, Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSIGDEF), path);
            return Start(path, arguments, environment, actions, attributes);
        }
        finally
        {
            foreach (var copy in relocated[..made])
                _ = Libc.close(copy);
            _ = Libc.posix_spawnattr_destroy(attributes);
            _ = Libc.posix_spawn_file_actions_destroy(actions);
        }
    }

    private static int Start(string path, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> environment, byte* actions, byte* attributes)
    {
        fixed (byte* program = Terminated(path))
        fixed (byte* argumentBytes = arguments)
        fixed (byte* environmentBytes = environment)
        fixed (byte** argv = Pointers(argumentBytes, arguments))
        fixed (byte** envp = Pointers(environmentBytes, environment))
        {
            int pid;
            Check(Libc.posix_spawn(&pid, program, actions, attributes, argv, envp), path);
            return pid;
        }
    }

    /// <summary>Everything .NET opens is close-on-exec; this keeps what native libraries opened without it from piling up, generation by generation.</summary>
    private static void CloseTheRest(byte* actions, int from)
    {
        try
        {
            _ = Libc.posix_spawn_file_actions_addclosefrom_np(actions, from);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library without it: what others left inheritable is inherited, as it is by any other program this process starts.
        }
    }

    /// <summary>A null-terminated array of pointers to the NUL-terminated strings in <paramref name="block"/>, which is pinned at <paramref name="start"/>.</summary>
    private static byte*[] Pointers(byte* start, ReadOnlySpan<byte> block)
    {
        var pointers = new byte*[block.Count((byte)0) + 1];
        var offset = 0;
        for (var i = 0; i < pointers.Length - 1; i++)
        {
            pointers[i] = start + offset;
            offset += block[offset..].IndexOf((byte)0) + 1;
        }
        return pointers;
    }

    private static byte[]? Terminated(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text + '\0');

    private static void Check(int errno, string path)
    {
        if (errno != 0)
            throw new IOException($"cannot execute {path}: {Errno.Describe(errno)}", errno);
    }
}
