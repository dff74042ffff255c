using Endless.Http.Generations;
using Endless.Http.Logging;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Control;

/// <summary>
/// Where the newest generation is asked to restart and says what came of it: a UNIX socket beside the pid file, for the user it runs as. It follows the generations as
/// the pid file does, each putting its own into the place of the last by a rename. What is said there is in <see cref="RestartConversation"/>. Thread-safe.
/// </summary>
/// <param name="path">Absolute.</param>
/// <param name="processId">This process's.</param>
/// <param name="follows">This process continues another, whose socket it replaces.</param>
/// <param name="loops">One of them watches it.</param>
/// <param name="restart">Restarts the process.</param>
/// <param name="logger">Where its generation logs.</param>
internal sealed class RestartSocket(string path, int processId, bool follows, EventLoopGroup loops, Func<Task<RestartResult>> restart, Func<ILogger> logger) : IGenerationObserver, IEventSource
{
    private const int Backlog = 16;

    /// <summary>0600.</summary>
    private const uint OwnerOnly = 0x180;

    /// <summary>How long a process that is about to end waits for its last answers to be written.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly EventLoop _loop = loops.NextLoop();
    private readonly HashSet<Task> _conversations = [];
    private OwnedDescriptor _socket = OwnedDescriptor.None;     // every use of it is under the lock
    private ulong? _number;                                     // with the loop; null as long as that does not watch it
    private FileStamp _file;
    private bool _failed;

    /// <summary>Where the socket of a pid file is.</summary>
    internal static string PathFor(string pidFile) => $"{Path.GetFullPath(pidFile)}.sock";

    public void Ready() => Place(mayBeAnothers: !follows);

    public void RestartFailed(string reason)
    {
        // The generation that failed may have put its own there already.
        lock (_lock)
            if (!_socket.IsNone && !IsAtPath) Place(mayBeAnothers: false);
    }

    /// <summary>The predecessor has ended: what it stood in the way of is tried again.</summary>
    public void PredecessorEnded()
    {
        lock (_lock)
            if (_failed && _socket.IsNone) Place(mayBeAnothers: false);
    }

    /// <summary>Removes the socket, unless a next generation has put its own there.</summary>
    public void Ended()
    {
        Task[] conversations;
        lock (_lock)
        {
            if (IsAtPath) _ = Libc.unlink(path);
            Close();
            _failed = false; // and nothing is to be made good
            conversations = [.. _conversations];
        }
        Task.WaitAll(conversations, LastWords);
    }

    private bool IsAtPath => _file.IsSameFile(FileStamp.OfEntry(path));

    /// <param name="mayBeAnothers">Who answers at the path is not of this family: it is left alone.</param>
    private void Place(bool mayBeAnothers)
    {
        lock (_lock)
        {
            Close();
            var draft = new DraftFile(path, processId);
            var there = PathProbe.Look(path, connect: mayBeAnothers);
            var problem = there.Use is PathUse.Free or PathUse.Stale ? Bind(draft.Path) : there.Describe();
            if (problem is null && draft.Replace() is not 0 and var errno) problem = Errno.Describe(errno);
            _failed = problem != null;
            if (problem is null)
            {
                _file = FileStamp.OfEntry(path);
                return;
            }
            if (!_socket.IsNone) draft.Discard();
            Close();
            logger().RestartSocketFailed(path, problem);
        }
    }

    /// <summary>Makes the socket at the path of the draft. What is wrong; null if nothing.</summary>
    private string? Bind(string draft)
    {
        if (!UnixSocket.Fits(draft)) return $"{draft} is longer than {UnixSocket.MaxPathBytes} bytes, all that a UNIX socket can have";
        // Of a process of this pid that was killed in between.
        if (Libc.KindOf(draft, out _) == FileKind.Socket) _ = Libc.unlink(draft);
        var socket = new OwnedDescriptor(UnixSocket.OpenStream());
        if (socket.IsNone) return Errno.Describe(Errno.Last);
        // The mode of a socket that is not bound yet becomes that of its path: nobody else can ever connect.
        var errno = Libc.fchmod(socket.Number, OwnerOnly) == 0 ? UnixSocket.Bind(socket.Number, draft) : Errno.Last;
        if (errno != 0)
        {
            socket.Close();
            return Errno.Describe(errno);
        }
        _socket = socket;
        if (Libc.listen(_socket.Number, Backlog) != 0 || !_loop.TryAdd(this, ref _socket, Libc.EPOLLIN, out var number)) return Errno.Describe(Errno.Last);
        _number = number;
        return null;
    }

    private void Close()
    {
        if (_socket.IsNone) return;
        if (_number is { } number) _loop.Remove(number, ref _socket);
        _number = null;
        _socket.Close();
        _socket = OwnedDescriptor.None;
    }

    unsafe void IEventSource.OnEvents(uint mask)
    {
        lock (_lock)
        {
            var connection = _socket.IsNone ? -1 : _socket.Accept(null, null, Libc.SOCK_CLOEXEC);
            if (connection < 0) return;
            if (Begin(connection) is not { } conversation) return;
            _conversations.Add(conversation);
            _ = conversation.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>A conversation on a thread of its own, since who connects may say nothing; null, and the connection is closed, where the system has none: on the loop's, the exception would end the process.</summary>
    private Task? Begin(int connection)
    {
        try
        {
            return Task.Factory.StartNew(() => RestartConversation.HoldAsync(connection, restart), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }
        catch (TaskSchedulerException)
        {
            _ = Libc.close(connection);
            logger().RestartSocketFailed(path, $"the system has no thread for who asks there {ThreadShortage.Causes}");
            return null;
        }
    }

    long IEventSource.Deadline => IEventSource.NoDeadline;

    void IEventSource.PostCheck() { }

    private void Forget(Task conversation)
    {
        lock (_lock)
            _conversations.Remove(conversation);
    }
}
