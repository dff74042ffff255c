using Endless.Http.Connections;

namespace Endless.Http.Semantics;

/// <summary>What a server that comes to its end waits for, as the owner of a connection sees it that was taken over. Thread-safe.</summary>
internal interface IDrainWait
{
    /// <summary>Another generation serves on: the end is a restart's.</summary>
    bool HasSuccessor { get; }

    /// <summary>Has the server wait for a connection. False if it waits for nothing any more.</summary>
    bool TryHold(Connection connection);

    /// <summary>It has ended. Any number of times.</summary>
    void LetGo(Connection connection);
}
