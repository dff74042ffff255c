using Endless.Http.Workers;

namespace Endless.Http.Loops;

/// <summary>
/// Application code that resumes because its connection has what it waited for. It is known to block, so it resumes on a worker. Deadlock: all threads of its site may be blocked, waiting for just this
/// code. So it never waits for a thread that may not come: then it runs on the loop, which can be taken away from it.
/// </summary>
/// <param name="work">What goes on.</param>
/// <param name="loop">The connection's.</param>
/// <param name="owner">The connection.</param>
/// <param name="site">The code.</param>
internal sealed class ResumedWork(IThreadPoolWorkItem work, IPostTarget loop, ICallbackOwner owner, BlockingSite site) : IReturnableWork, ICallbackOwner
{
    public BlockingSite? ActiveSite => owner.ActiveSite;

    public void Execute()
    {
        // The handler of a WebSocket is called once, and resumed for hours: only here it can prove quick again.
        var call = WorkerCall.Begin();
        work.Execute();
        site.OnWorkerCall(call.IsQuick);
    }

    public void Return() => loop.Post(this);
}
