using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Server;

/// <summary>Tells a watch of the end of connections that handlers took over: nothing else of the server's is told of that.</summary>
internal sealed class WatchedDrainWait(IDrainWait inner, IConnectionWatch watch) : IDrainWait
{
    public bool HasSuccessor => inner.HasSuccessor;

    public bool TryHold(Connection connection) => inner.TryHold(connection);

    public void LetGo(Connection connection)
    {
        watch.Ended(connection);
        inner.LetGo(connection);
    }
}
