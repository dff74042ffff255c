using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>Keeps what a server says of its application and of itself.</summary>
internal sealed class ScenarioLog : ILogger
{
    /// <summary>Warnings and errors.</summary>
    public List<string> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Add($"{formatter(state, exception)} {exception}");
}
