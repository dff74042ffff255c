using Endless.Http.Channels;
using Endless.Http.Native;

namespace Endless.Http.Spawning;

/// <summary>
/// A spawned process: waits for its end on a thread of its own, so that it never stays a zombie, and kills it by pid. It outlives the
/// parent if it is ready by then; nothing here ties their lives together.
/// </summary>
/// <remarks>.NET's own SIGCHLD handling reaps only what <c>System.Diagnostics.Process</c> started, so the two do not meet.</remarks>
internal sealed unsafe class ChildProcess : IChildProcess
{
    private readonly Lock _reaping = new();
    private readonly TaskCompletionSource<int> _spawned = new();
    private readonly TaskCompletionSource<ExitStatus> _exited = new(); // its continuations run on the thread that waits: there may be no other to be had
    private bool _reaped;

    /// <summary>A process that is about to be spawned. The thread that will wait for it is there before it is.</summary>
    /// <exception cref="IOException">The system has no thread for it.</exception>
    internal ChildProcess(ControlChannel control)
    {
        Control = control;
        try
        {
            new Thread(Wait) { IsBackground = true, Name = "endless child" }.Start();
        }
        catch (OutOfMemoryException e)
        {
            throw new IOException($"the system has no thread to wait for it with {ThreadShortage.Causes}", e);
        }
    }

    public int Id { get; private set; }

    public ControlChannel Control { get; }

    public Task<ExitStatus> Exited => _exited.Task;

    /// <summary>It was spawned, with this pid; 0 if it could not be.</summary>
    internal void Began(int id)
    {
        Id = id;
        _spawned.SetResult(id);
    }

    public void Kill()
    {
        // Pid reuse: until it is reaped the pid is its own, even if it has ended; then another process may get it.
        lock (_reaping)
        {
            if (!_reaped)
                _ = Libc.kill(Id, Libc.SIGKILL);
        }
    }

    private void Wait()
    {
        if (_spawned.Task.GetAwaiter().GetResult() == 0) return;
        var info = stackalloc byte[128]; // siginfo_t
        int result;
        do
            result = Libc.waitid(Libc.P_PID, Id, info, Libc.WEXITED | Libc.WNOWAIT);
        while (result != 0 && Errno.Last == Errno.EINTR);

        int status;
        int reaped;
        lock (_reaping)
        {
            _reaped = true;
            do
                reaped = Libc.waitpid(Id, &status, 0);
            while (reaped < 0 && Errno.Last == Errno.EINTR);
        }
        _exited.SetResult(new ExitStatus(reaped == Id ? status : null));
    }
}
