using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Diagnostics;

/// <summary>An application's logger of structured events, from a level up.</summary>
internal sealed class ScopedLogger(LogLevel minimum = LogLevel.Trace) : ILogger
{
    private readonly AsyncLocal<object?> _scope = new();
    private int _scopes;

    public ConcurrentQueue<ScopedEvent> Events { get; } = [];

    /// <summary>How many scopes were opened.</summary>
    public int Scopes => Volatile.Read(ref _scopes);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull
    {
        Interlocked.Increment(ref _scopes);
        _scope.Value = state;
        return new Scope(_scope);
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Events.Enqueue(new ScopedEvent(logLevel, formatter(state, exception), Of(state), Of(_scope.Value)));

    private static Dictionary<string, object?> Of(object? state) => new(state as IEnumerable<KeyValuePair<string, object?>> ?? []);

    private sealed class Scope(AsyncLocal<object?> scope) : IDisposable
    {
        public void Dispose() => scope.Value = null;
    }
}
