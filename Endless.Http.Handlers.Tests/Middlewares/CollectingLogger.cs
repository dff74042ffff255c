using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Handlers.Tests.Middlewares;

/// <summary>What was logged, with its level, and the scopes that were open meanwhile.</summary>
internal sealed class CollectingLogger : ILogger
{
    private readonly AsyncLocal<string?> _scope = new();

    public ConcurrentQueue<(LogLevel Level, string Text, string? Scope)> Events { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull
    {
        var outer = _scope.Value;
        _scope.Value = state.ToString();
        return new Scope(() => _scope.Value = outer);
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Events.Enqueue((logLevel, formatter(state, exception), _scope.Value));
    }

    private sealed class Scope(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
