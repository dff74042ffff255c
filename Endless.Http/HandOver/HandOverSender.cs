using System.Buffers;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Sockets;

namespace Endless.Http.HandOver;

/// <summary>
/// What goes to the next generation: messages, and open connections. Those are asked to leave a batch at a time; each arrives when it reaches a request boundary, and
/// what has arrived goes in batches, each acknowledged before the next.
/// </summary>
/// <remarks>
/// <para>No byte is lost and none read twice. A connection that comes here is out of epoll and nobody reads it; what was read of its next request
/// travels with it. The new generation reads nothing before it has acknowledged; a batch that is not acknowledged because the new generation died was
/// read by nobody, and stays. A batch whose acknowledgement is merely late is waited for: two processes must never both read one connection. A batch that was answered with
/// nonsense may be served there, as long as the new process lives.</para>
/// <para>Nobody answers a connection while it is here, so it is not to wait here behind thousands of others: the next ones are asked only when those before
/// them have come, and meanwhile the last batch is on its way. Asked all at once, 10,000 connections kept the event loops, and each other, waiting for 65 ms.</para>
/// <para>Descriptor reuse: a connection that has come here refuses every call until it is closed or served on. Both are done here, by the one thread
/// that also sends its descriptor: so the descriptor is open when it is sent.</para>
/// <para>A frozen reader blocks the thread that sends to it: so one thread sends, and all others only queue. It is started before the new process: later the system may refuse one.</para>
/// </remarks>
internal sealed class HandOverSender(ControlChannel control, EventLoopGroup loops) : IDisposable
{
    /// <summary>For those that were asked to come. A loop that is held up for longer, by a handler that was trusted not to, has them come later.</summary>
    private static readonly TimeSpan TimeToCome = TimeSpan.FromSeconds(1);

    private readonly HandOverQueue _queue = new();

    /// <summary>Called when a batch was acknowledged. Set before the first connection is asked.</summary>
    internal Action? Progressed { get; init; }

    /// <summary>Begins to send, on a thread of its own.</summary>
    /// <exception cref="OutOfMemoryException">The system has no thread for it.</exception>
    internal void Start() => new Thread(Run) { IsBackground = true, Name = "endless hand-over" }.UnsafeStart();

    /// <summary>Sends a message, after those before it. Does not block.</summary>
    internal void Say(ControlMessage message) => _queue.Say(message);

    /// <summary>Sends a message that is made when its turn has come, in the place of one that had not been made. Does not block.</summary>
    internal void SayLatest(Func<ControlMessage> message) => _queue.SayLatest(message);

    /// <summary>Has connections asked to leave, each when its turn has come. Does not block.</summary>
    internal void Ask(IReadOnlyCollection<Connection> connections) => _queue.Ask(connections);

    /// <summary>Has <paramref name="settled"/> called once, when all that were asked have come and are settled, or are busy. Not if nothing goes there any more.</summary>
    internal void NotifyWhenSettled(Action settled) => _queue.NotifyWhenSettled(settled);

    /// <summary>A connection that has left its engine at a request boundary. Does not block.</summary>
    internal void Offer(IHandOverOrigin origin, SocketConnection connection)
    {
        if (!_queue.TryOffer(origin, connection)) origin.OnStayed(connection);
    }

    /// <summary>Connections that were sent and not answered for: the next generation may be serving them.</summary>
    internal int Unanswered => _queue.Unanswered;

    /// <summary>Nothing more goes there: the next generation is not to be, or cannot be spoken with. A batch that is on its way is settled by its answer, by <see cref="Close"/> or by <see cref="Abandon"/>.</summary>
    internal void TakeBack() => _queue.TakeBack();

    /// <summary>The next generation has said what it took. An answer to another batch is late, and passed over; 0 is of a version that does not number them. False if that is no answer to what it was asked.</summary>
    internal bool TryAnswer(IReadOnlyList<bool> taken, int batch) => _queue.TryAnswer(taken, batch);

    /// <summary>Nobody is there any more: what it has not acknowledged stays.</summary>
    internal void Close() => _queue.Close();

    /// <summary>It cannot be spoken with, and lives: what it has not acknowledged may be served there, and so is not served here but closed. How many those are.</summary>
    internal int Abandon() => _queue.Abandon();

    /// <summary>Waits until all that was put here before has been sent, at most so long.</summary>
    internal void Flush(TimeSpan patience) => _queue.Flush(patience);

    /// <summary>Ends the thread, once what has come is settled. What comes later stays.</summary>
    public void Dispose() => _queue.End();

    private void Run()
    {
        var turn = new HandOverTurn();
        while (_queue.Take(turn))
        {
            if (turn.Latest != null) turn.Messages.Add(turn.Latest());
            foreach (var message in turn.Messages) control.Send(message);
            var come = AskToLeave(turn.Next);
            if (turn.Batch.Count > 0) Settle(turn.Batch, Send(turn.Batch));
            come.Wait(TimeToCome);
            turn.Settled?.Invoke();
            turn.Clear();
        }
    }

    /// <summary>Asks connections to leave. Completes when every one of them that was idle has come.</summary>
    private Task AskToLeave(List<Connection> connections)
    {
        if (connections.Count == 0) return Task.CompletedTask;
        foreach (var connection in connections) connection.RequestLeave(LeaveRequest.HandOver);
        // A loop takes what is posted in its order: before this come the flows that the requests to leave have woken.
        var yields = new Task[loops.Loops.Count];
        for (var i = 0; i < yields.Length; i++) yields[i] = loops.Loops[i].YieldAsync().AsTask();
        return Task.WhenAll(yields);
    }

    /// <summary>Sends a batch and waits to hear what became of it; empty if that will never be known, because nobody is there.</summary>
    private IReadOnlyList<bool> Send(List<(IHandOverOrigin Origin, SocketConnection Connection)> batch)
    {
        if (_queue.BeginBatch(batch.Count) is not { } number) return [];
        var connections = batch.ConvertAll(item => new HandedConnection(item.Origin.Identity, item.Connection.RequestsServed, item.Connection.Unread.ToArray()));
        var descriptors = batch.ConvertAll(item => item.Connection.Descriptor);
        if (!control.Send(new HandOverMessage(connections, number), descriptors.ToArray())) Close();
        var taken = _queue.WaitForAnswer();
        if (taken.Count > 0) Progressed?.Invoke();
        return taken;
    }

    private static void Settle(List<(IHandOverOrigin Origin, SocketConnection Connection)> batch, IReadOnlyList<bool> taken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var (origin, connection) = batch[i];
            if (i >= taken.Count || !taken[i])
            {
                origin.OnStayed(connection);
                continue;
            }
            connection.Close();
            origin.OnMoved(connection);
        }
    }
}
