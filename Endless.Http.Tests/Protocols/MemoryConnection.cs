using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Endless.Http.Buffers;
using Endless.Http.Connections;

namespace Endless.Http.Tests.Protocols;

/// <summary>A connection without a socket: a pipe each way, and the client's ends of both.</summary>
/// <remarks>
/// With inline scheduling everything that a client's write sets off runs before that write returns, on the same thread. With the thread pool's, flows wake up
/// on threads of their own, as they do when an event loop is taken from a blocked one; then a yield goes on there too.
/// </remarks>
internal sealed class MemoryConnection : Connection
{
    private readonly Pipe _toServer;
    private readonly Pipe _toClient;
    private readonly bool _isInline;
    private readonly Clock _clock = new();
    private volatile bool _isReset;
    private readonly DeadlineReader _input;
    private readonly DeadlineWriter _output;

    public MemoryConnection(long pauseWriterThreshold = 64 * 1024, PipeScheduler? scheduler = null)
    {
        scheduler ??= PipeScheduler.Inline;
        _isInline = scheduler == PipeScheduler.Inline;
        _toServer = new Pipe(Options(long.MaxValue, scheduler));
        _toClient = new Pipe(Options(pauseWriterThreshold, scheduler));
        _input = new DeadlineReader(_toServer.Reader, _clock);
        _output = new DeadlineWriter(_toClient.Writer, _clock);
    }

    public override PipeReader Input => _input;

    public override PipeWriter Output => _output;

    public override long ReadDeadline { get => _input.Deadline; set => _input.Deadline = value; }

    public override long WriteDeadline { get => _output.Deadline; set => _output.Deadline = value; }

    public override bool ReadTimedOut => _input.TimedOut;

    public override long Now => _clock.Now;

    /// <summary>So much time passes at once, and no wait notices: as for a process that is stopped and goes on.</summary>
    public void PassTime(long milliseconds) => _clock.Passed += milliseconds;

    /// <summary>Called as a read begins that finds nothing. What the client sends in it, that read finds: so the socket never runs dry.</summary>
    public Action? Reading { set => _input.Reading = value; }

    /// <summary>Called as work is deferred to the end of the turn.</summary>
    public Action? Deferring { get; set; }

    /// <summary>What the client sends.</summary>
    public PipeWriter ToServer => _toServer.Writer;

    /// <summary>What the client receives.</summary>
    public PipeReader FromServer => _toClient.Reader;

    public bool IsAborted { get; private set; }

    /// <summary>How often it was asked to make room; it does nothing about it.</summary>
    public int RoomAsks { get; private set; }

    public override bool IsAskedForRoom => RoomAsks > 0;

    public override bool IsBroken => IsAborted || _isReset;

    public bool IsWriteShutDown { get; private set; }

    public int Flushes => _output.Flushes;

    public int Yields { get; private set; }

    /// <summary>A yield is over at once, as when the loop went on on another thread before the flow could wait.</summary>
    public bool YieldsAtOnce { get; init; }

    /// <summary>Where yields wait until the test has the loop take its next turn; null if they do not.</summary>
    public ConcurrentQueue<TaskCompletionSource>? Turns { get; init; }

    /// <summary>The client sends FIN.</summary>
    public void CloseByClient()
    {
        _toServer.Writer.Complete();
        RaisePeerClosed();
    }

    /// <summary>The client is gone: nothing can be read from it or written to it.</summary>
    public void ResetByClient()
    {
        _isReset = true;
        _toServer.Writer.Complete();
        _toClient.Reader.Complete();
        RaisePeerClosed();
    }

    public override void Abort()
    {
        IsAborted = true;
        _toServer.Writer.Complete();
        _toServer.Reader.CancelPendingRead();
        _toClient.Reader.CancelPendingRead();
        _output.Break();
        RaisePeerClosed();
    }

    public override void Defer(IThreadPoolWorkItem work)
    {
        Deferring?.Invoke();
        base.Defer(work);
    }

    public override void AskForRoom() => RoomAsks++;

    public override void BreakOutput() => _output.Break();

    public override void FlushNow() => _ = _output.FlushAsync();

    public override void ShutdownWrite()
    {
        IsWriteShutDown = true;
        _toClient.Writer.Complete();
    }

    public override void Close()
    {
        _toServer.Reader.Complete();
        _toClient.Writer.Complete();
    }

    public override ValueTask YieldAsync()
    {
        Yields++;
        if (Turns is not null)
        {
            var turn = new TaskCompletionSource();
            Turns.Enqueue(turn);
            return new(turn.Task);
        }
        return _isInline || YieldsAtOnce ? default : YieldToThreadPoolAsync();

        static async ValueTask YieldToThreadPoolAsync() => await Task.Run(static () => { }).ConfigureAwait(false);
    }

    private sealed class Clock
    {
        public long Passed { get; set; }

        public long Now => Environment.TickCount64 + Passed;
    }

    private static PipeOptions Options(long pause, PipeScheduler scheduler) => new(
        readerScheduler: scheduler, writerScheduler: scheduler, useSynchronizationContext: false,
        pauseWriterThreshold: pause == long.MaxValue ? 0 : pause, resumeWriterThreshold: pause == long.MaxValue ? 0 : pause / 2);

    /// <summary>
    /// Takes over what the client sent block by block, as a socket's reader does: what an engine does with blocks, it does here. Without a state machine, so that nothing is allocated.
    /// </summary>
    private sealed class DeadlineReader : BlockPipeReader, IValueTaskSource<ReadResult>
    {
        private readonly PipeReader _inner;
        private readonly Clock _clock;
        private readonly Action _onRead;
        private ManualResetValueTaskSourceCore<ReadResult> _source;
        private ValueTask<ReadResult> _reading;
        private Timer? _timer;

        public DeadlineReader(PipeReader inner, Clock clock)
        {
            _inner = inner;
            _clock = clock;
            _onRead = OnRead;
        }

        public long Deadline { get; set; } = NoDeadline;

        public bool TimedOut { get; private set; }

        public Action? Reading { get; set; }

        protected override ArrayPool<byte> Blocks => ArrayPool<byte>.Shared;

        public override bool TryRead(out ReadResult result)
        {
            // Looked at also where there is news: a cancel comes before it.
            if (_inner.TryRead(out result)) result = Take(result);
            else if (HasNews) result = Result(canceled: false);
            else return false;
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            TimedOut = false;
            if (TryRead(out var result)) return new(result);
            ReleaseIfEmpty();
            if (Reading is { } reading)
            {
                reading();
                if (TryRead(out result)) return new(result);
            }
            if (_clock.Now >= Deadline)
            {
                TimedOut = true;
                return new(Result(canceled: true));
            }
            _source.Reset();
            var task = new ValueTask<ReadResult>(this, _source.Version);
            _reading = _inner.ReadAsync(cancellationToken);
            if (Deadline != NoDeadline) _timer = new Timer(static reader => ((DeadlineReader)reader!).OnTimer(), this, Math.Max(Deadline - _clock.Now, 0), Timeout.Infinite);
            _reading.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onRead); // xunit runs few threads, and other tests block them
            return task;
        }

        public override void CancelPendingRead() => _inner.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            base.Complete(exception);
            _inner.Complete(exception);
        }

        private void OnTimer()
        {
            TimedOut = true;
            _inner.CancelPendingRead();
        }

        private void OnRead()
        {
            Interlocked.Exchange(ref _timer, null)?.Dispose();
            try
            {
                var result = _reading.Result;
                if (!result.IsCanceled) TimedOut = false;
                _source.SetResult(Take(result));
            }
            catch (Exception exception)
            {
                _source.SetException(exception);
            }
        }

        private ReadResult Take(in ReadResult read)
        {
            foreach (var part in read.Buffer)
            {
                for (var rest = part.Span; !rest.IsEmpty;)
                {
                    var room = MakeRoom().Span;
                    var count = Math.Min(room.Length, rest.Length);
                    rest[..count].CopyTo(room);
                    Fill(count);
                    rest = rest[count..];
                }
            }
            _inner.AdvanceTo(read.Buffer.End);
            Ended |= read.IsCompleted;
            return Result(read.IsCanceled);
        }

        ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

        void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }

    private sealed class DeadlineWriter(PipeWriter inner, Clock clock) : PipeWriter
    {
        private bool _broken;

        public long Deadline { get; set; } = NoDeadline;

        public int Flushes { get; private set; }

        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public void Break()
        {
            _broken = true;
            inner.CancelPendingFlush();
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Flushes++;
            if (_broken) return new(new FlushResult(isCanceled: false, isCompleted: true));
            var flush = inner.FlushAsync(cancellationToken);
            return flush.IsCompletedSuccessfully ? flush : WaitAsync(flush);
        }

        private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush)
        {
            using var timer = new Timer(_ => Break());
            if (Deadline != NoDeadline) timer.Change(Math.Max(Deadline - clock.Now, 0), Timeout.Infinite);
            var result = await flush.ConfigureAwait(false);
            return _broken ? new FlushResult(isCanceled: false, isCompleted: true) : result;
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
