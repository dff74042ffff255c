using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectingLog : ILoggerProvider, ILogger<EndlessServer>
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
