using System.Diagnostics;
using System.Globalization;
using System.Text;
using Endless.Http.Control;
using Endless.Http.Native;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>Asks a server that runs with a <see cref="EndlessProcess.PidFile"/> to restart, and waits for what comes of it: for deploy scripts.</summary>
public static class RestartClient
{
    /// <summary>Between two looks for a socket that is away. Nothing can be waited for instead: the end of a process that was killed lets go of a lock, and no file tells.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a process may be without its socket that holds its pid file: one that ends closes the socket first, and one that starts opens it last.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private const int Away = -1;
    private const int Busy = -2;

    /// <summary>
    /// Has the newest generation restart as SIGHUP does, hooks and all, and completes when the new one has outlived its <see cref="EndlessServer.Probation"/>, or with the reason why the
    /// old one serves on. The restart begins after this call: one that is under way is waited for first, and those who ask meanwhile share the next. Thread-safe.
    /// </summary>
    /// <param name="pidFile">The server's pid file. Beside it is the socket, named the same with <c>.sock</c> behind, that the server is asked by; it is its user's and root's alone.</param>
    /// <param name="timeout">How long to wait; zero asks and does not wait, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative, and not infinite.</exception>
    /// <exception cref="IOException">Nobody can be asked: there is no pid file, the process that wrote it is gone, or it does not answer. The message says which.</exception>
    /// <exception cref="UnauthorizedAccessException">The server is another user's.</exception>
    /// <exception cref="TimeoutException">It took longer. The restart may still be under way.</exception>
    public static Task<RestartResult> RestartAsync(string pidFile, TimeSpan timeout)
    {
        ArgumentException.ThrowIfNullOrEmpty(pidFile);
        Allowed.ZeroOrMoreOrInfinite(timeout, nameof(timeout));
        return Task.Factory.StartNew(() => Restart(pidFile, timeout), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static RestartResult Restart(string pidFile, TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        var there = start; // when a socket was last found there
        var request = "restart\n";
        while (true)
        {
            var socket = Connect(pidFile, mayBeAway: Stopwatch.GetElapsedTime(there) < Moment);
            if (socket < 0)
            {
                // A queue that is full is that of a process which is stopped, or has more askers than it can hold.
                if (socket == Busy && timeout >= TimeSpan.Zero && Stopwatch.GetElapsedTime(start) >= timeout)
                    throw new TimeoutException($"{Holder(pidFile)} has not taken the question within {timeout.TotalSeconds:0.###} s.");
                Thread.Sleep(Pause);
                continue;
            }
            var answer = Ask(socket, request, () => timeout < TimeSpan.Zero ? -1 : (int)Math.Clamp((timeout - Stopwatch.GetElapsedTime(start)).TotalMilliseconds, 0, int.MaxValue));
            there = Stopwatch.GetTimestamp();
            if (answer is null) throw new TimeoutException($"{Holder(pidFile)} has not said within {timeout.TotalSeconds:0.###} s what came of the restart, which may still be under way.");
            switch (answer.Split(' ', 2))
            {
                case ["ok", var success] when success.Split(' ') is [var number, var id] && TryNumber(number, out var generation) && TryNumber(id, out var processId):
                    return RestartResult.Success(generation, processId);
                case ["failed", var reason]:
                    return RestartResult.Failed(reason);
                case ["again", var ticks]: // the socket of the newest generation is in its place
                    request = $"restart {ticks}\n";
                    break;
                case [""]: // it ended without an answer: its successor is asked, if there is one
                    break;
                default:
                    throw new IOException($"{Holder(pidFile)} gave an answer that is not understood: \"{answer}\".");
            }
        }
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>One question and its answer; closes the socket. Empty if the process ended without one, null if it did not come in time.</summary>
    private static unsafe string? Ask(int socket, string request, Func<int> left)
    {
        try
        {
            var bytes = Encoding.ASCII.GetBytes(request);
            fixed (byte* start = bytes)
                if (Libc.send(socket, start, (nuint)bytes.Length, Libc.MSG_NOSIGNAL) != bytes.Length) return "";
            var answer = new StringBuilder();
            var buffer = stackalloc byte[1024];
            while (true)
            {
                var ready = new Libc.PollDescriptor { Fd = socket, Events = Libc.POLLIN };
                var count = Libc.poll(&ready, 1, left());
                if (count == 0 && left() == 0) return null;
                if (count <= 0) continue; // EINTR, or a time that is longer than poll can wait
                var received = (int)Libc.recv(socket, buffer, 1024, 0);
                if (received is -Errno.EAGAIN or -Errno.EINTR) continue;
                if (received <= 0) return "";
                answer.Append(Encoding.UTF8.GetString(buffer, received));
                if (answer[^1] == '\n') return answer.ToString().TrimEnd('\n');
            }
        }
        finally
        {
            _ = Libc.close(socket);
        }
    }

    /// <summary>Never waits. The socket; <see cref="Away"/> or <see cref="Busy"/> if there is none yet.</summary>
    /// <param name="pidFile">Of the process to be asked.</param>
    /// <param name="mayBeAway">The result may be <see cref="Away"/>: a process holds the pid file and has no socket.</param>
    private static int Connect(string pidFile, bool mayBeAway)
    {
        var path = RestartSocket.PathFor(pidFile);
        if (!UnixSocket.Fits(path)) throw new IOException($"{path} is longer than {UnixSocket.MaxPathBytes} bytes, all that a UNIX socket can have.");
        var socket = UnixSocket.OpenStream();
        if (socket < 0) throw new IOException(Errno.Describe(Errno.Last));
        var errno = UnixSocket.Connect(socket, path);
        if (errno == 0) return socket;
        _ = Libc.close(socket);
        if (errno == Errno.EAGAIN) return Busy;
        if (errno == Errno.EACCES) throw new UnauthorizedAccessException($"{Holder(pidFile)} is another user's: {path} may not be connected to.");
        var holder = PidFileHolder.Read(pidFile, out var unread);
        if (mayBeAway && holder is (_, true)) return Away;
        if (holder is null && unread is Errno.EACCES or Errno.EPERM) throw new UnauthorizedAccessException($"The pid file {pidFile} is another user's: it may not be read.");
        throw new IOException(holder switch
        {
            null when unread == Errno.ENOENT => $"There is no pid file {pidFile}: no server runs with it.",
            null when unread == 0 => $"{pidFile} is no pid file: there is something else in its place.",
            null => $"The pid file {pidFile} cannot be read: {Errno.Describe(unread)}.",
            (var pid, false) => $"The pid file {pidFile} was left over by process {pid}, which is gone.",
            (var pid, true) => $"Process {pid} cannot be asked at {path} ({Errno.Describe(errno)}): it is only starting, or was built with an older version of this library.",
        });
    }

    private static string Holder(string pidFile) => PidFileHolder.Read(pidFile, out _) is { ProcessId: var pid } ? $"Process {pid}" : $"The server of {pidFile}";
}
