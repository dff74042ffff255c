using System.Buffers;
using Endless.Http.Channels;
using Endless.Http.Diagnostics;
using Endless.Http.Native;
using Endless.Http.Transport;
using Microsoft.Extensions.Logging;

namespace Endless.Http.HandOver;

/// <summary>Whom a connection belongs to until the next generation has it.</summary>
internal interface IHandOverOrigin
{
    /// <summary>The server that accepted the connection, as the next generation knows it.</summary>
    ServerIdentity Identity { get; }

    /// <summary>The next generation has the connection; this process's descriptor of it is closed.</summary>
    void OnMoved(SocketConnection connection);

    /// <summary>The next generation did not take the connection: it is to be served to its end here.</summary>
    void OnStayed(SocketConnection connection);
}

/// <summary>
/// The way of open connections to the next generation. They are asked to leave a batch at a time; each arrives when it reaches a request boundary, and
/// what has arrived goes in batches, each acknowledged before the next.
/// </summary>
/// <remarks>
/// <para>No byte is lost and none read twice. A connection that comes here is out of epoll and nobody reads it; what was read of its next request
/// travels with it. The new generation reads nothing before it has acknowledged; a batch that is not acknowledged because the new generation died was
/// read by nobody, and stays. A batch whose acknowledgement is merely late is waited for, until hammer time: two processes must never both believe that
/// they have a connection.</para>
/// <para>Nobody answers a connection while it is here, so it is not to wait here behind thousands of others: the next ones are asked only when those before
/// them have come, and meanwhile the last batch is on its way. Asked all at once, 10,000 connections kept the event loops, and each other, waiting for 65 ms.</para>
/// <para>A connection that has come here is this object's alone: the connection itself refuses every call until it is closed or served on, both of which are done here, by the one thread
/// that also sends its descriptor. So that is open when it is sent.</para>
/// <para>Any thread may <see cref="Ask"/> and <see cref="Offer"/>; one thread sends.</para>
/// </remarks>
internal sealed class HandOverSender(ControlChannel control, EventLoopGroup loops, Func<ILogger> logger) : IDisposable
{
    /// <summary>Unread bytes of a connection. One with more than this stays: it is mid-way in something huge.</summary>
    private const int MaxUnreadBytes = 1 << 20;

    private readonly object _gate = new(); // of Monitor.Wait, which a Lock has not
    private readonly Queue<Connection> _toAsk = [];
    private readonly Queue<(IHandOverOrigin Origin, SocketConnection Connection)> _offered = [];
    private volatile bool _broken;
    private bool _ended;
    private int _batch;

    /// <summary>Begins to ask and to send, on a thread of its own.</summary>
    internal void Start() => new Thread(Run) { IsBackground = true, Name = "endless hand-over" }.UnsafeStart();

    /// <summary>Has connections asked to leave, each when its turn has come. Does not block.</summary>
    internal void Ask(IReadOnlyCollection<Connection> connections)
    {
        lock (_gate)
        {
            foreach (var connection in connections) _toAsk.Enqueue(connection);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>A connection that has left its engine at a request boundary. Does not block.</summary>
    internal void Offer(IHandOverOrigin origin, SocketConnection connection)
    {
        if (!TryEnqueue(origin, connection)) origin.OnStayed(connection);
    }

    private bool TryEnqueue(IHandOverOrigin origin, SocketConnection connection)
    {
        lock (_gate)
        {
            if (_broken || _ended || connection.Unread.Length > MaxUnreadBytes || ControlCodec.SizeOf(origin.Identity, connection.Unread.Length) > ControlCodec.MaxConnectionsBytes) return false;
            _offered.Enqueue((origin, connection));
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Ends the thread, once what has come is settled. What comes later stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        var batch = new List<(IHandOverOrigin Origin, SocketConnection Connection)>();
        var next = new List<Connection>();
        while (WaitForSome(batch, next))
        {
            var come = AskToLeave(next);
            if (batch.Count > 0) Settle(batch, _broken ? null : Send(batch));
            come.Wait();
            batch.Clear();
            next.Clear();
        }
    }

    /// <summary>Waits until there is something to do: connections that have come, at most a batch of them, and as many to be asked next. False if there will be nothing.</summary>
    private bool WaitForSome(List<(IHandOverOrigin Origin, SocketConnection Connection)> batch, List<Connection> next)
    {
        lock (_gate)
        {
            while (!_ended && _offered.Count == 0 && _toAsk.Count == 0) Monitor.Wait(_gate);
            // Looked at before it is added: two strangers with an unfinished head of a mebibyte each made a message that no reader takes, and the restart came to nothing.
            for (long bytes = 0; batch.Count < DescriptorMessage.MaxDescriptors && _offered.TryPeek(out var offered); batch.Add(_offered.Dequeue()))
                if ((bytes += ControlCodec.SizeOf(offered.Origin.Identity, offered.Connection.Unread.Length)) > ControlCodec.MaxConnectionsBytes) break;
            while (next.Count < DescriptorMessage.MaxDescriptors && _toAsk.TryDequeue(out var connection)) next.Add(connection);
            return batch.Count > 0 || next.Count > 0;
        }
    }

    /// <summary>Asks connections to leave. Completes when every one of them that was idle has come.</summary>
    private Task AskToLeave(List<Connection> connections)
    {
        if (connections.Count == 0) return Task.CompletedTask;
        foreach (var connection in connections)
            connection.RequestLeave(_broken ? LeaveRequest.Drain : LeaveRequest.HandOver);
        // A loop takes what is posted in its order: before this come the flows that the requests to leave have woken.
        var yields = new Task[loops.Loops.Count];
        for (var i = 0; i < yields.Length; i++) yields[i] = new LoopYield(loops.Loops[i]).WaitAsync().AsTask();
        return Task.WhenAll(yields);
    }

    /// <summary>Sends a batch and waits to hear what became of it; null if that will never be known, because nobody is there.</summary>
    private IReadOnlyList<bool>? Send(List<(IHandOverOrigin Origin, SocketConnection Connection)> batch)
    {
        var connections = batch.ConvertAll(item => new HandedConnection(item.Origin.Identity, item.Connection.RequestsServed, item.Connection.Unread.ToArray()));
        var descriptors = batch.ConvertAll(item => item.Connection.Descriptor);
        try
        {
            if (control.Send(new HandOverMessage(connections, ++_batch), descriptors.ToArray()))
            {
                ControlMessage? answer;
                do answer = control.Receive();
                while (!EndsWait(answer));
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

    /// <summary>Nobody is there any more, or it has answered this batch. 0 is of a version that does not number them; an answer to another batch is late, and passed over.</summary>
    private bool EndsWait(ControlMessage? answer) => answer is null || (answer is AdoptedMessage { Batch: var batch } && (batch == 0 || batch == _batch));

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
