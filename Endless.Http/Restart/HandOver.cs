using System.Buffers;
using System.Collections.Concurrent;
using Endless.Http.Diagnostics;
using Endless.Http.Native;
using Endless.Http.Transport;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Restart;

/// <summary>Whom a connection belongs to until the next generation has it.</summary>
internal interface IHandOverOrigin
{
    /// <summary>The configured address of the listener that accepted the connection.</summary>
    string Address { get; }

    /// <summary>The next generation has the connection; this process's descriptor of it is closed.</summary>
    void OnMoved(SocketConnection connection);

    /// <summary>The next generation did not take the connection: it is to be served to its end here.</summary>
    void OnStayed(SocketConnection connection);
}

/// <summary>
/// The way of open connections to the next generation: they arrive one by one as each reaches a request boundary, and leave in batches, each
/// acknowledged before the next.
/// </summary>
/// <remarks>
/// <para>No byte is lost and none read twice. A connection that comes here is out of epoll and nobody reads it; what was read of its next request
/// travels with it. The new generation reads nothing before it has acknowledged; a batch that is not acknowledged because the new generation died was
/// read by nobody, and stays. A batch whose acknowledgement is merely late is waited for, until hammer time: two processes must never both believe that
/// they have a connection.</para>
/// <para>Any thread may <see cref="Offer"/>; one thread sends.</para>
/// </remarks>
internal sealed class HandOver(ControlChannel control, Func<ILogger> logger)
{
    /// <summary>Unread bytes in a batch. A connection with more than this stays: it is mid-way in something huge.</summary>
    private const int MaxUnreadBytes = 1 << 20;

    private readonly BlockingCollection<(IHandOverOrigin Origin, SocketConnection Connection)> _offered = [];
    private volatile bool _broken;

    /// <summary>Begins to send what is offered, on a thread of its own, until the process ends.</summary>
    internal void Start() => new Thread(Run) { IsBackground = true, Name = "endless hand-over" }.UnsafeStart();

    /// <summary>A connection that has left its engine at a request boundary. Does not block.</summary>
    internal void Offer(IHandOverOrigin origin, SocketConnection connection)
    {
        if (_broken || connection.Unread.Length > MaxUnreadBytes) origin.OnStayed(connection);
        else _offered.Add((origin, connection));
    }

    private void Run()
    {
        var batch = new List<(IHandOverOrigin Origin, SocketConnection Connection)>();
        foreach (var first in _offered.GetConsumingEnumerable())
        {
            batch.Add(first);
            var unread = first.Connection.Unread.Length;
            while (batch.Count < DescriptorMessage.MaxDescriptors && unread < MaxUnreadBytes && _offered.TryTake(out var next))
            {
                batch.Add(next);
                unread += next.Connection.Unread.Length;
            }
            Settle(batch, _broken ? null : Send(batch));
            batch.Clear();
        }
    }

    /// <summary>Sends a batch and waits to hear what became of it; null if that will never be known, because nobody is there.</summary>
    private IReadOnlyList<bool>? Send(List<(IHandOverOrigin Origin, SocketConnection Connection)> batch)
    {
        var connections = batch.ConvertAll(item => new HandedConnection(item.Origin.Address, item.Connection.RequestsServed, item.Connection.Unread.ToArray()));
        var descriptors = batch.ConvertAll(item => item.Connection.Descriptor);
        try
        {
            if (control.Send(new HandOverMessage(connections), descriptors.ToArray()))
            {
                ControlMessage? answer;
                do answer = control.Receive();
                while (answer is not (null or AdoptedMessage));
                if (answer is AdoptedMessage { Taken: var taken } && taken.Count == batch.Count) return taken;
            }
        }
        catch (InvalidDataException e)
        {
            logger().HandOverBroken(e.Message);
        }
        _broken = true;
        return null;
    }

    private void Settle(List<(IHandOverOrigin Origin, SocketConnection Connection)> batch, IReadOnlyList<bool>? taken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var (origin, connection) = batch[i];
            if (taken is null || !taken[i])
            {
                origin.OnStayed(connection);
                continue;
            }
            connection.Close();
            origin.OnMoved(connection);
        }
    }
}
