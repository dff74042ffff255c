using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Sockets;

namespace Endless.Http.HandOver;

/// <summary>What the thread of a <see cref="HandOverSender"/> does in one turn. Its own; emptied before the next.</summary>
internal sealed class HandOverTurn
{
    /// <summary>To be sent, in this order.</summary>
    internal List<ControlMessage> Messages { get; } = [];

    /// <summary>To be made and sent after them; null if there is none.</summary>
    internal Func<ControlMessage>? Latest { get; set; }

    /// <summary>Connections that have come, to be sent together.</summary>
    internal List<(IHandOverOrigin Origin, SocketConnection Connection)> Batch { get; } = [];

    /// <summary>To be asked to come.</summary>
    internal List<Connection> Next { get; } = [];

    /// <summary>To be called, since nothing is left to do; null in any other turn.</summary>
    internal Action? Settled { get; set; }

    /// <summary>There is nothing to send and nobody to ask.</summary>
    internal bool IsEmpty => Messages.Count == 0 && Latest is null && Batch.Count == 0 && Next.Count == 0;

    internal void Clear()
    {
        Messages.Clear();
        Batch.Clear();
        Next.Clear();
        (Latest, Settled) = (null, null);
    }
}
