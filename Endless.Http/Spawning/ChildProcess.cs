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
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    internal ChildProcess(int id, ControlChannel control)
    {
        Id = id;
        Control = control;
        new Thread(Wait) { IsBackground = true, Name = $"wait for pid {id}" }.Start();
    }

    public int Id { get; }

    public ControlChannel Control { get; }

    public Task<ExitStatus> Exited => _exited.Task;

    public void Kill()
    {
        // Until it is reaped the pid is its own, even if it has ended; after that the kernel may give it to a stranger.
        lock (_reaping)
        {
            if (!_reaped)
                _ = Libc.kill(Id, Libc.SIGKILL);
        }
    }

    private void Wait()
    {
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
