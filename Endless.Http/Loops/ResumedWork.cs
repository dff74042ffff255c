using Endless.Http.Workers;

namespace Endless.Http.Loops;

/// <summary>
/// Application code that goes on because its connection has what it waited for. It is known to block, so it is to go on on a worker; but it may be just what a blocked thread waits for, with every thread of its site
/// blocked in the same way. So it never waits for a thread that may not come: then it runs on the loop, which can be taken away from it.
/// </summary>
/// <param name="work">What goes on.</param>
/// <param name="loop">The connection's.</param>
/// <param name="owner">The connection.</param>
internal sealed class ResumedWork(IThreadPoolWorkItem work, IPostTarget loop, ICallbackOwner owner) : IReturnableWork, ICallbackOwner
{
    public BlockingSite? ActiveSite => owner.ActiveSite;

    public void Execute() => work.Execute();

    public void Return() => loop.Post(this);
}
