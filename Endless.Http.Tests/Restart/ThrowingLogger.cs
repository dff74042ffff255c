using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Restart;

/// <summary>An application's logger that is broken.</summary>
internal sealed class ThrowingLogger : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => throw new InvalidOperationException("no scope");

    public bool IsEnabled(LogLevel logLevel) => throw new InvalidOperationException("nothing known");

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new InvalidOperationException("disk full");
}
