using Microsoft.Extensions.Logging;

namespace Endless.Http;

/// <summary>
/// An access log: where <see cref="Middleware.AccessLog"/> writes. Lines are queued and written by a task of its own, several at a time, so that no request waits for a disk; they are there 50 ms later at most, when
/// <see cref="FlushAsync"/> is complete, and when the server is stopped. Thread-safe. Two generations of a program may write to one file, whose lines do not mix.
/// </summary>
public sealed class AccessLog : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly AccessLogWriter _writer;
    private readonly Func<object, bool, Task> _queue; // made once
    private readonly AccessLogOptions _options;
    private readonly EventHandler _onExit;

    private AccessLog(IAccessLogSink sink, AccessLogOptions? options)
    {
        _options = options ?? new AccessLogOptions();
        _writer = new AccessLogWriter(sink, _options);
        _queue = _writer.EnqueueAsync;
        _onExit = (_, _) => FlushAsync().Wait(Patience); // the last lines of a program that does not dispose of its log
        AppDomain.CurrentDomain.ProcessExit += _onExit;
    }

    /// <summary>Lines that were not written: the queue was full, or the file could not be written to (a full disk).</summary>
    public long Dropped => _writer.Dropped;

    /// <summary>
    /// Appends to a file, which is made where there is none (mode 0640). When it was renamed or removed (logrotate) a new one is made within a second; <see cref="Reopen"/> does that at once.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static AccessLog ToFile(string path, AccessLogOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new AccessLog(new AccessLogFile(path), options);
    }

    /// <summary>Writes to a stream, such as <c>Console.OpenStandardOutput()</c>. The caller closes it, after this.</summary>
    public static AccessLog ToStream(Stream stream, AccessLogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new AccessLog(new AccessLogStream(stream), options);
    }

    /// <summary>Writes to a text writer, which nobody else uses meanwhile. The caller closes it, after this.</summary>
    public static AccessLog ToWriter(TextWriter writer, AccessLogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return new AccessLog(new AccessLogText(writer), options);
    }

    /// <summary>Logs each line as an event of level Information.</summary>
    public static AccessLog ToLogger(ILogger logger, AccessLogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(logger);
        return new AccessLog(new AccessLogEvents(logger), options);
    }

    /// <summary>Opens the file anew, for a rotation that sends a signal: <c>server.SignalHooks[SignalPhase.PostSignal][Signum.SIGUSR1].Add(log.Reopen)</c>. Does not wait; nothing for what is no file.</summary>
    public void Reopen() => _writer.Reopen();

    /// <summary>Completes when every line that was there before is written.</summary>
    public Task FlushAsync() => _writer.FlushAsync();

    /// <summary>Writes what waits and closes the file. Later requests have no line.</summary>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onExit;
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Has a line written when the response to a request is over.</summary>
    internal void Watch(ResponseWriter w, Request r) => w.OnCompleted(new AccessLogEntry(_queue, _options, w, r).CompleteAsync);
}
