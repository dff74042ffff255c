using Endless.Http.Connections;
using Endless.Http.Loops;

namespace Endless.Http.Workers;

/// <summary>
/// Application code that goes on because its connection has what it waited for. It is known to block, so it is to go on on a worker; but it may be just what a blocked thread waits for, with every thread of its site
/// blocked in the same way. So it never waits for a thread that may not come: then it runs on the loop, which can be taken away from it.
/// </summary>
internal sealed class ResumedWork(IThreadPoolWorkItem work, EventLoop loop, Connection connection) : IThreadPoolWorkItem, IConnectionWork
{
    public Connection Connection => connection;

    public void Execute() => work.Execute();

    /// <summary>It has waited for a thread in vain.</summary>
    public void ReturnToLoop() => loop.Post(this);
}
