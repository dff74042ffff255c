using System.Diagnostics;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Native;
using Endless.Http.Sockets;

namespace Endless.Http.HandOver;

/// <summary>
/// What is to go to the next generation, and what that has answered: all that the thread which sends shares with the others, under one lock. No method but <see cref="Take"/>,
/// <see cref="WaitForAnswer"/> and <see cref="Flush"/> waits. Thread-safe.
/// </summary>
internal sealed class HandOverQueue
{
    /// <summary>Unread bytes of a connection. One with more than this stays: it is mid-way in something huge.</summary>
    private const int MaxUnreadBytes = 1 << 20;

    private readonly object _gate = new(); // of Monitor.Wait, which a Lock has not
    private readonly Queue<ControlMessage> _messages = [];
    private readonly Queue<Connection> _toAsk = [];
    private readonly Queue<(IHandOverOrigin Origin, SocketConnection Connection)> _offered = [];
    private Func<ControlMessage>? _latest;
    private Action? _settled;
    private int _unanswered;              // connections in the batch that is on its way
    private IReadOnlyList<bool>? _answer;
    private bool _broken;                 // nothing goes there any more
    private bool _busy;
    private bool _ended;
    private int _batch;

    /// <inheritdoc cref="HandOverSender.Say"/>
    internal void Say(ControlMessage message) => Change(() => _messages.Enqueue(message));

    /// <inheritdoc cref="HandOverSender.SayLatest"/>
    internal void SayLatest(Func<ControlMessage> message) => Change(() => _latest = message);

    /// <inheritdoc cref="HandOverSender.Ask"/>
    internal void Ask(IReadOnlyCollection<Connection> connections) => Change(() =>
    {
        foreach (var connection in connections) _toAsk.Enqueue(connection);
    });

    /// <inheritdoc cref="HandOverSender.NotifyWhenSettled"/>
    internal void NotifyWhenSettled(Action settled) => Change(() => _settled = settled);

    /// <summary>A connection that has left its engine at a request boundary. False if it stays.</summary>
    internal bool TryOffer(IHandOverOrigin origin, SocketConnection connection)
    {
        lock (_gate)
        {
            if (_broken || _ended || connection.Unread.Length > MaxUnreadBytes || ControlCodec.SizeOf(origin.Identity, connection.Unread.Length) > ControlCodec.MaxConnectionsBytes) return false;
            _offered.Enqueue((origin, connection));
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <inheritdoc cref="HandOverSender.Unanswered"/>
    internal int Unanswered
    {
        get
        {
            lock (_gate)
                return _answer is null ? _unanswered : 0;
        }
    }

    /// <inheritdoc cref="HandOverSender.TakeBack"/>
    internal void TakeBack() => Change(() => _broken = true);

    /// <inheritdoc cref="HandOverSender.TryAnswer"/>
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

    /// <inheritdoc cref="HandOverSender.Close"/>
    internal void Close() => Change(() => (_broken, _answer) = (true, _answer ?? []));

    /// <inheritdoc cref="HandOverSender.Abandon"/>
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

    /// <inheritdoc cref="HandOverSender.Flush"/>
    internal void Flush(TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while ((_busy || _messages.Count > 0 || _latest != null) && !_broken && patience - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
                Monitor.Wait(_gate, left);
        }
    }

    /// <summary>There is no turn any more, once what has come is settled. What comes later stays.</summary>
    internal void End() => Change(() => _ended = true);

    /// <summary>Waits until there is something to do: messages, connections that have come, at most a batch of them, and as many to be asked next. False if there will be nothing.</summary>
    internal bool Take(HandOverTurn turn)
    {
        lock (_gate)
        {
            _busy = false;
            Monitor.PulseAll(_gate);
            while (!_ended && _messages.Count == 0 && _latest is null && _offered.Count == 0 && _toAsk.Count == 0 && (_settled is null || _broken)) Monitor.Wait(_gate);
            while (_messages.TryDequeue(out var message)) turn.Messages.Add(message);
            (turn.Latest, _latest) = (_broken ? null : _latest, null);
            // Denial of service: checked before it is added, else two unfinished heads of a mebibyte make a message that no reader takes, and the restart fails.
            for (long bytes = 0; turn.Batch.Count < DescriptorMessage.MaxDescriptors && _offered.TryPeek(out var offered); turn.Batch.Add(_offered.Dequeue()))
                if ((bytes += ControlCodec.SizeOf(offered.Origin.Identity, offered.Connection.Unread.Length)) > ControlCodec.MaxConnectionsBytes) break;
            if (_broken) _toAsk.Clear();
            while (turn.Next.Count < DescriptorMessage.MaxDescriptors && _toAsk.TryDequeue(out var connection)) turn.Next.Add(connection);
            if (turn.IsEmpty && !_broken) (turn.Settled, _settled) = (_settled, null);
            _busy = true;
            return !turn.IsEmpty || turn.Settled != null || !_ended;
        }
    }

    /// <summary>A batch is about to be sent, and will be answered. Its number; null if nothing goes there any more.</summary>
    internal int? BeginBatch(int connections)
    {
        lock (_gate)
        {
            if (_broken) return null;
            (_unanswered, _answer) = (connections, null);
            return ++_batch;
        }
    }

    /// <summary>Waits to hear what became of the batch; empty if that will never be known, because nobody is there.</summary>
    internal IReadOnlyList<bool> WaitForAnswer()
    {
        lock (_gate)
        {
            while (_answer is null) Monitor.Wait(_gate);
            _unanswered = 0;
            return _answer;
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
        }
    }
}
