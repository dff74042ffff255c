using Endless.Http.Generations;

namespace Endless.Http;

/// <summary>
/// This process as one in a row of generations, with all its servers: restarts, what one generation leaves for the next, and what a process has one of. Thread-safe.
/// </summary>
/// <remarks>The first use of this class, or the first server that is made, takes what was inherited out of the environment, so that subprocesses do not find it.</remarks>
public static class EndlessProcess
{
    /// <summary>The generation of this process: 1 for one that no restart started, one more with each restart.</summary>
    public static int Generation => Generations.Generation.Current.Info.Number;

    /// <summary>What clients may make this process hold, all servers of it together.</summary>
    public static ProcessLimits Limits => new(ProcessComposition.Generation.Figures.Budget);

    /// <summary>
    /// What this process leaves for its next generation: called at each restart, just before the new process is started, once more when that is trusted and before it is given
    /// connections, and for the last time when the last request here has been answered; at most 1 MiB. A restart fails if the first call throws, gives more, or does not return within
    /// <see cref="EndlessServer.StartTimeout"/>; a later one that does (the last one: within 5 s) is logged. May be set at any time. Null, the default, leaves nothing.
    /// </summary>
    public static Func<ReadOnlyMemory<byte>>? StateToNext
    {
        get => ProcessComposition.Generation.StateToNext;
        set => ProcessComposition.Generation.StateToNext = value;
    }

    /// <summary>
    /// What the generation before this one left by <see cref="StateToNext"/>; empty if nothing, and in the first generation. It changes when that generation is asked
    /// again: see <see cref="StateFromPreviousArrived"/>.
    /// </summary>
    public static ReadOnlyMemory<byte> StateFromPrevious => ProcessComposition.Generation.Previous.State;

    /// <summary>
    /// Raised, with what it leaves, when the generation before this one has said that again. First with what it took in while this one started and was on probation, before any connection
    /// comes from there, so that a client finds here what it has written there; they wait for the handlers, 5 s at most. Then as it ends, before <see cref="PredecessorGone"/>, if
    /// its last requests have changed it: this generation has written meanwhile, so take what is newer. Handlers run on a thread of their own, with a null sender; one that throws is logged. Not
    /// raised if that generation dies before: then <see cref="StateFromPrevious"/> is what it last said.
    /// </summary>
    public static event EventHandler<ReadOnlyMemory<byte>>? StateFromPreviousArrived
    {
        add => ProcessComposition.Generation.Previous.Application.StateArrived += value;
        remove => ProcessComposition.Generation.Previous.Application.StateArrived -= value;
    }

    /// <summary>
    /// Has a part of the program (cookie keys, a session store) leave a state of its own for the next generation, beside <see cref="StateToNext"/> and without knowing of it: <paramref name="state"/> is asked when that is,
    /// before the new process is started, once more before it is given connections, and when the last request here has been answered; the new process finds the last answer by <see cref="PassedOn"/> under the same name.
    /// All names together have 1 MiB, names included, and 5 s; what does not fit or come in time, and what throws, is logged and passes nothing, and the restart goes on. A version of this library that does
    /// not know of names passes nothing on, and is not hurt by them.
    /// </summary>
    /// <param name="name">1 to 64 letters, digits, dots, hyphens, underscores, colons or slashes, the same in each generation; the library's own begin with <c>endless.</c></param>
    /// <param name="state">What to leave; it is copied. Called on a thread of its own.</param>
    /// <param name="arrived">Called with what the generation before left under this name, when it has said that again: as <see cref="StateFromPreviousArrived"/>, before connections come from there, and when it ends if that
    /// changed. Take what is newer: both generations write. On a thread of its own; connections wait for it, 5 s at most; what it throws is logged.</param>
    /// <returns>The registration: disposed of, nothing is passed on any more, and the name is free.</returns>
    /// <exception cref="ArgumentException">It is no name.</exception>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    public static IDisposable PassOn(string name, Func<ReadOnlyMemory<byte>> state, Action<ReadOnlyMemory<byte>>? arrived = null) => new PassedOnRegistration(ProcessComposition.Generation, name, state, arrived);

    /// <summary>What the generation before this one left under a name (<see cref="PassOn"/>), as it last said; null if nothing, and in the first generation. There from the start, and changes when that is asked again.</summary>
    /// <exception cref="ArgumentException">It is no name.</exception>
    public static ReadOnlyMemory<byte>? PassedOn(string name)
    {
        PassedStateName.Check(name);
        return ProcessComposition.Generation.Previous.Application.Passed[name];
    }

    /// <summary>
    /// Raised when the generation before this one is gone, drained or dead: what must not run twice can begin. Handlers run on a thread of their own, with a null sender; one that throws is
    /// logged. In the first generation it is never raised; <see cref="PredecessorGoneAsync"/> tells those who come later, too.
    /// </summary>
    public static event EventHandler? PredecessorGone
    {
        add => ProcessComposition.Generation.Previous.Application.PredecessorWentAway += value;
        remove => ProcessComposition.Generation.Previous.Application.PredecessorWentAway -= value;
    }

    /// <summary>Completes when the generation before this one is gone, see <see cref="PredecessorGone"/>; at once in the first generation.</summary>
    public static Task PredecessorGoneAsync() => ProcessComposition.Generation.Previous.Application.PredecessorGone;

    /// <summary>
    /// Restarts the process as SIGHUP does, but for the hooks, and says what came of it: completes when the new generation has outlived its <see cref="EndlessServer.Probation"/> and this
    /// one drains, or with the reason why this one serves on.
    /// </summary>
    public static Task<RestartResult> RestartAsync() => ProcessComposition.Generation.RestartAsync();

    /// <summary>
    /// A file that holds the pid of the newest generation, for <c>kill -HUP $(cat FILE)</c> and for service managers. It is written when the first server starts, and
    /// after a restart when the new generation is ready; removed with the last server. One that is left over is replaced; while another instance holds it,
    /// <see cref="EndlessServer.ListenAndServe()"/> fails. One that cannot be written, or something else at the path, is logged and no more. Set it before the first server starts; null, the
    /// default, means none.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static string? PidFile
    {
        get => ProcessComposition.Generation.PidFile;
        set
        {
            if (value is not null) ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(PidFile));
            ProcessComposition.Generation.PidFile = value;
        }
    }

    /// <summary>
    /// In a process that is to supervise, which PID 1 of a container is, does not return: this process stays while generations come and go, passes signals on to the newest,
    /// starts one that crashed anew while connections wait, and ends with the last one's exit code. Anywhere else does nothing. The first server that is made does the same;
    /// called as the first line of <c>Main</c>, it keeps what the program does before that out of the supervisor's memory. The variable <c>ENDLESS_SUPERVISOR</c> set to 1
    /// supervises whatever the pid (behind <c>docker run --init</c>, or in a Pod with a shared PID namespace), set to 0 never.
    /// </summary>
    public static void RunAsPid1() => _ = ProcessComposition.Generation;
}
