using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Diagnostics;

/// <summary>A logger that keeps what it is told, and can wait for it. Thread-safe.</summary>
internal sealed class LogRecorder : ILogger
{
    private readonly Lock _lock = new();
    private readonly List<(LogLevel Level, string Message, Exception? Exception)> _entries = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<(LogLevel Level, string Message, Exception? Exception)> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries];
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        TaskCompletionSource added;
        lock (_lock)
        {
            _entries.Add((logLevel, formatter(state, exception), exception));
            (added, _added) = (_added, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        added.SetResult();
    }

    /// <summary>Waits for an entry that contains the text, looking at earlier ones too.</summary>
    public async Task<(LogLevel Level, string Message, Exception? Exception)> WaitForAsync(string text)
    {
        var deadline = Task.Delay(Endless.Http.Load.Deadline.Default);
        while (true)
        {
            Task added;
            lock (_lock)
            {
                foreach (var entry in _entries)
                {
                    if (entry.Message.Contains(text)) return entry;
                }
                added = _added.Task;
            }
            if (await Task.WhenAny(added, deadline) == deadline)
                throw new TimeoutException($"Not logged: {text}. Logged:\n{string.Join('\n', Entries.Select(entry => entry.Message))}");
        }
    }
}
