using System.Buffers;
using System.Diagnostics;
using Endless.Http.Channels;
using Endless.Http.Native;
using Endless.Http.Transport;

namespace Endless.Http.HandOver;

/// <summary>
/// What goes to the next generation: messages, and open connections. Those are asked to leave a batch at a time; each arrives when it reaches a request boundary, and
/// what has arrived goes in batches, each acknowledged before the next.
/// </summary>
/// <remarks>
/// <para>No byte is lost and none read twice. A connection that comes here is out of epoll and nobody reads it; what was read of its next request
/// travels with it. The new generation reads nothing before it has acknowledged; a batch that is not acknowledged because the new generation died was
/// read by nobody, and stays. A batch whose acknowledgement is merely late is waited for: two processes must never both believe that they have a connection. One that was answered with
/// nonsense may be served there, for as long as that process lives.</para>
/// <para>Nobody answers a connection while it is here, so it is not to wait here behind thousands of others: the next ones are asked only when those before
/// them have come, and meanwhile the last batch is on its way. Asked all at once, 10,000 connections kept the event loops, and each other, waiting for 65 ms.</para>
/// <para>A connection that has come here is this object's alone: the connection itself refuses every call until it is closed or served on, both of which are done here, by the one thread
/// that also sends its descriptor. So that is open when it is sent.</para>
/// <para>A frozen reader blocks whoever sends to it; so one thread sends, and every other only puts things here. It is started before the new process is: none has to be had later.</para>
/// </remarks>
internal sealed class HandOverSender(ControlChannel control, EventLoopGroup loops) : IDisposable
{
    /// <summary>Unread bytes of a connection. One with more than this stays: it is mid-way in something huge.</summary>
    private const int MaxUnreadBytes = 1 << 20;

    /// <summary>For those that were asked to come. A loop that is held up for longer, by a handler that was trusted not to, has them come later.</summary>
    private static readonly TimeSpan TimeToCome = TimeSpan.FromSeconds(1);

    private readonly object _gate = new(); // of Monitor.Wait, which a Lock has not
    private readonly Queue<ControlMessage> _messages = [];
    private readonly Queue<Connection> _toAsk = [];
    private readonly Queue<(IHandOverOrigin Origin, SocketConnection Connection)> _offered = [];
    private Func<ControlMessage>? _latest;
    private Action? _settled;
    private int _unanswered;              // connections in the batch that is on its way
    private IReadOnlyList<bool>? _answer;
    private volatile bool _broken;        // nothing goes there any more
    private bool _busy;
    private bool _ended;
    private int _batch;

    /// <summary>Called when a batch was acknowledged. Set before the first connection is asked.</summary>
    internal Action? Progressed { get; init; }

    /// <summary>Begins to send, on a thread of its own.</summary>
    /// <exception cref="OutOfMemoryException">The system has no thread for it.</exception>
    internal void Start() => new Thread(Run) { IsBackground = true, Name = "endless hand-over" }.UnsafeStart();

    /// <summary>Sends a message, after those before it. Does not block.</summary>
    internal void Say(ControlMessage message) => Change(() => _messages.Enqueue(message));

    /// <summary>Sends a message that is made when its turn has come, in the place of one that had not been made. Does not block.</summary>
    internal void SayLatest(Func<ControlMessage> message) => Change(() => _latest = message);

    /// <summary>Has connections asked to leave, each when its turn has come. Does not block.</summary>
    internal void Ask(IReadOnlyCollection<Connection> connections) => Change(() =>
    {
        foreach (var connection in connections) _toAsk.Enqueue(connection);
    });

    /// <summary>Has <paramref name="settled"/> called once, when all that were asked have come and are settled, or are busy. Not if nothing goes there any more.</summary>
    internal void NotifyWhenSettled(Action settled) => Change(() => _settled = settled);

    /// <summary>A connection that has left its engine at a request boundary. Does not block.</summary>
    internal void Offer(IHandOverOrigin origin, SocketConnection connection)
    {
        if (!TryEnqueue(origin, connection)) origin.OnStayed(connection);
    }

    /// <summary>Connections that were sent and not answered for: the next generation may be serving them.</summary>
    internal int Unanswered
    {
        get
        {
            lock (_gate)
                return _answer is null ? _unanswered : 0;
        }
    }

    /// <summary>Nothing more goes there: the next generation is not to be, or cannot be spoken with. A batch that is on its way is settled by its answer, by <see cref="Close"/> or by <see cref="Abandon"/>.</summary>
    internal void TakeBack() => Change(() => _broken = true);

    /// <summary>The next generation has said what it took. An answer to another batch is late, and passed over; 0 is of a version that does not number them. False if that is no answer to what it was asked.</summary>
    internal bool TryAnswer(IReadOnlyList<bool> taken, int batch)
    {
        lock (_gate)
        {
            if (batch != 0 && (batch != _batch || _answer != null)) return batch <= _batch;
            if (_unanswered == 0 || _answer != null || taken.Count != _unanswered) return false;
            _answer = taken;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Nobody is there any more: what it has not acknowledged stays.</summary>
    internal void Close() => Change(() => (_broken, _answer) = (true, _answer ?? []));

    /// <summary>It cannot be spoken with, and lives: what it has not acknowledged may be served there, and so is not served here but closed. How many those are.</summary>
    internal int Abandon()
    {
        var count = 0;
        Change(() =>
        {
            _broken = true;
            if (_answer != null) return;
            var taken = new bool[count = _unanswered];
            Array.Fill(taken, true);
            _answer = taken;
        });
        return count;
    }

    /// <summary>Waits until all that was put here before has been sent, at most so long.</summary>
    internal void Flush(TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while ((_busy || _messages.Count > 0 || _latest != null) && !_broken && patience - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
                Monitor.Wait(_gate, left);
        }
    }

    /// <summary>Ends the thread, once what has come is settled. What comes later stays.</summary>
    public void Dispose() => Change(() => _ended = true);

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
        }
    }

    private bool TryEnqueue(IHandOverOrigin origin, SocketConnection connection)
    {
        lock (_gate)
        {
            if (_broken || _ended || connection.Unread.Length > MaxUnreadBytes || ControlCodec.SizeOf(origin.Identity, connection.Unread.Length) > ControlCodec.MaxConnectionsBytes) return false;
            _offered.Enqueue((origin, connection));
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    private void Run()
    {
        var messages = new List<ControlMessage>();
        var batch = new List<(IHandOverOrigin Origin, SocketConnection Connection)>();
        var next = new List<Connection>();
        while (WaitForSome(messages, batch, next, out var latest, out var settled))
        {
            if (latest != null) messages.Add(latest());
            foreach (var message in messages) control.Send(message);
            var come = AskToLeave(next);
            if (batch.Count > 0) Settle(batch, Send(batch));
            come.Wait(TimeToCome);
            settled?.Invoke();
            messages.Clear();
            batch.Clear();
            next.Clear();
        }
    }

    /// <summary>Waits until there is something to do: messages, connections that have come, at most a batch of them, and as many to be asked next. False if there will be nothing.</summary>
    private bool WaitForSome(List<ControlMessage> messages, List<(IHandOverOrigin Origin, SocketConnection Connection)> batch, List<Connection> next,
        out Func<ControlMessage>? latest, out Action? settled)
    {
        lock (_gate)
        {
            _busy = false;
            Monitor.PulseAll(_gate);
            while (!_ended && _messages.Count == 0 && _latest is null && _offered.Count == 0 && _toAsk.Count == 0 && (_settled is null || _broken)) Monitor.Wait(_gate);
            while (_messages.TryDequeue(out var message)) messages.Add(message);
            (latest, _latest) = (_broken ? null : _latest, null);
            // Looked at before it is added: two strangers with an unfinished head of a mebibyte each made a message that no reader takes, and the restart came to nothing.
            for (long bytes = 0; batch.Count < DescriptorMessage.MaxDescriptors && _offered.TryPeek(out var offered); batch.Add(_offered.Dequeue()))
                if ((bytes += ControlCodec.SizeOf(offered.Origin.Identity, offered.Connection.Unread.Length)) > ControlCodec.MaxConnectionsBytes) break;
            if (_broken) _toAsk.Clear();
            while (next.Count < DescriptorMessage.MaxDescriptors && _toAsk.TryDequeue(out var connection)) next.Add(connection);
            settled = messages.Count == 0 && latest is null && batch.Count == 0 && next.Count == 0 && !_broken ? _settled : null;
            if (settled != null) _settled = null;
            _busy = true;
            return messages.Count > 0 || latest != null || batch.Count > 0 || next.Count > 0 || settled != null || !_ended;
        }
    }

    /// <summary>Asks connections to leave. Completes when every one of them that was idle has come.</summary>
    private Task AskToLeave(List<Connection> connections)
    {
        if (connections.Count == 0) return Task.CompletedTask;
        foreach (var connection in connections) connection.RequestLeave(LeaveRequest.HandOver);
        // A loop takes what is posted in its order: before this come the flows that the requests to leave have woken.
        var yields = new Task[loops.Loops.Count];
        for (var i = 0; i < yields.Length; i++) yields[i] = new LoopYield(loops.Loops[i]).WaitAsync().AsTask();
        return Task.WhenAll(yields);
    }

    /// <summary>Sends a batch and waits to hear what became of it; empty if that will never be known, because nobody is there.</summary>
    private IReadOnlyList<bool> Send(List<(IHandOverOrigin Origin, SocketConnection Connection)> batch)
    {
        int number;
        lock (_gate)
        {
            if (_broken) return [];
            number = ++_batch;
            (_unanswered, _answer) = (batch.Count, null);
        }
        var connections = batch.ConvertAll(item => new HandedConnection(item.Origin.Identity, item.Connection.RequestsServed, item.Connection.Unread.ToArray()));
        var descriptors = batch.ConvertAll(item => item.Connection.Descriptor);
        if (!control.Send(new HandOverMessage(connections, number), descriptors.ToArray())) Close();
        IReadOnlyList<bool> taken;
        lock (_gate)
        {
            while (_answer is null) Monitor.Wait(_gate);
            (_unanswered, taken) = (0, _answer);
        }
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
