using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>What was logged, level and text.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _events = new();

    public IReadOnlyList<string> Warnings => [.. _events.Where(e => e.Level == LogLevel.Warning).Select(e => e.Text)];

    public IReadOnlyList<string> Informations => [.. _events.Where(e => e.Level == LogLevel.Information).Select(e => e.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _events.Enqueue((logLevel, formatter(state, exception)));
}
