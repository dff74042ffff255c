using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>Hears what the host logs of its own start: nowhere else does it say which exception of a service ended that, before it ends its servers. Thread-safe.</summary>
internal sealed class FailedStartLog : ILoggerProvider, ILogger
{
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Called with each exception; null for nobody.</summary>
    public Action<Exception>? Failed { get; set; }

    public ILogger CreateLogger(string categoryName) => categoryName == HostCategory ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && IsEnabled(logLevel)) Failed?.Invoke(exception);
    }

    public void Dispose()
    {
    }
}
