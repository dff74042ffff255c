using System.Threading.Channels;

namespace Endless.Http;

/// <summary>Formats and writes the entries of an access log, on a task of its own. Nobody else waits for a disk, and event loops wait for nothing here.</summary>
internal sealed class AccessLogWriter : IAsyncDisposable
{
    /// <summary>So many bytes of lines are written in one piece.</summary>
    private const int BatchSize = 64 * 1024;

    /// <summary>How long entries are collected: a wake and a system call for each would cost as much as its request.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Channel<object> _queue; // entries, and sources of tasks of those who wait for what is before them
    private readonly SemaphoreSlim _hurry = new(0);
    private readonly IAccessLogSink _sink;
    private readonly AccessLogLines _lines;
    private readonly bool _drops;
    private readonly Task _writing;
    private long _dropped;
    private volatile bool _mustReopen;

    public AccessLogWriter(IAccessLogSink sink, AccessLogOptions options)
    {
        _sink = sink;
        _lines = new AccessLogLines(options.Format);
        _drops = options.DropWhenFull;
        _queue = Channel.CreateBounded<object>(new BoundedChannelOptions(options.QueueSize) { SingleReader = true });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Entries that were not written.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Queues an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="isLast">Whether to wait until it is written.</param>
    /// <returns>Complete when it is queued, written or dropped.</returns>
    public Task EnqueueAsync(object entry, bool isLast)
    {
        if (_queue.Writer.TryWrite(entry)) return isLast ? FlushAsync() : Task.CompletedTask;
        Hurry();
        if (!_drops) return WaitAsync(entry);
        Interlocked.Increment(ref _dropped);
        return Task.CompletedTask;
    }

    /// <summary>Completes when what was queued before is written.</summary>
    public async Task FlushAsync()
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _queue.Writer.WriteAsync(written).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await _writing.ConfigureAwait(false);
            return;
        }
        Hurry();
        await written.Task.ConfigureAwait(false);
    }

    /// <summary>Has the sink opened anew.</summary>
    public void Reopen()
    {
        _mustReopen = true;
        _ = FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        Hurry();
        await _writing.ConfigureAwait(false);
    }

    private async Task WaitAsync(object entry)
    {
        try
        {
            await _queue.Writer.WriteAsync(entry).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void Hurry()
    {
        if (_hurry.CurrentCount == 0) _hurry.Release(); // one more than needed does no harm
    }

    private async Task WriteAllAsync()
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                await _hurry.WaitAsync(Interval).ConfigureAwait(false);
                WriteQueued();
            }
        }
        finally
        {
            _sink.Dispose();
        }
    }

    private void WriteQueued()
    {
        List<TaskCompletionSource>? waiting = null;
        var count = 0;
        while (_queue.Reader.TryRead(out var item))
        {
            if (item is AccessLogEntry entry)
            {
                _lines.Append(entry);
                count++;
                if (_lines.Written.Length >= BatchSize) Write(ref count);
            }
            else
            {
                (waiting ??= []).Add((TaskCompletionSource)item);
                // Those that wait are not kept from it by those that come.
                break;
            }
        }
        if (_mustReopen)
        {
            _mustReopen = false;
            Write(ref count);
            _sink.Reopen();
        }
        Write(ref count);
        if (waiting is null) return;
        foreach (var one in waiting) one.SetResult();
        Hurry(); // for what is behind it
    }

    private void Write(ref int count)
    {
        if (count == 0) return;
        try
        {
            if (!_sink.TryWrite(_lines.Written.Span)) Interlocked.Add(ref _dropped, count);
        }
        catch (Exception)
        {
            // A stream or logger of the application's: the log must go on when it does again.
            Interlocked.Add(ref _dropped, count);
        }
        _lines.Clear();
        count = 0;
    }
}
