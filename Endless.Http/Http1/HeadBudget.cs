using Endless.Http.Budgets;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>What a head that comes in pieces counts in the process's budget; most heads come whole, and count nothing. A mutable struct: a field of its connection.</summary>
/// <param name="context">Whose budget of heads it is.</param>
/// <param name="connection">Whose head it is: it is closed where the process needs the room.</param>
internal struct HeadBudget(ProtocolContext context, Connection connection)
{
    /// <summary>By how much at a time it counts.</summary>
    private const int Step = 4 * 1024;

    private Holding? _held;

    /// <summary>Counts what there is of a head: in the reader's buffer, and unread in the blocks it came in. The refusal if the process has no room for it.</summary>
    /// <param name="length">Bytes of the head so far.</param>
    public Rejection? Hold(int length)
    {
        _held ??= new Holding(context.Budget.Heads, connection, Step);
        return _held.TryAdd(2L * length - _held.Held) ? null : Rejections.Overloaded;
    }

    /// <summary>The head is done with, and another one may follow at once.</summary>
    public readonly void Empty() => _held?.Set(0);

    /// <summary>Nothing is held any more.</summary>
    public void Release()
    {
        _held?.End();
        _held = null;
    }
}
