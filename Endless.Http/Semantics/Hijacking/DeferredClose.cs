using Endless.Http.Native;

namespace Endless.Http.Semantics;

/// <summary>Lets operations into one direction of a connection until it is closed, and closes it when the last of them has left.</summary>
/// <remarks>Thread-safe. The counting is <see cref="UseCount"/>'s, as for a descriptor.</remarks>
/// <param name="close">Called once, on the thread of whoever leaves last.</param>
internal sealed class DeferredClose(Action close)
{
    private UseCount _users;

    /// <summary>Nobody may enter any more.</summary>
    public bool IsClosing => _users.IsShut;

    /// <summary>Begins an operation. True means it owes <see cref="Leave"/>.</summary>
    public bool TryEnter() => _users.TryEnter();

    /// <summary>Ends an operation. False if the direction was closed meanwhile: what came of the operation is void.</summary>
    public bool Leave()
    {
        var isOpen = _users.Leave(out var isLast);
        if (isLast) close();
        return isOpen;
    }

    /// <inheritdoc cref="UseCount.TryShut"/>
    public bool TryShut(out bool inUse) => _users.TryShut(out inUse);
}
