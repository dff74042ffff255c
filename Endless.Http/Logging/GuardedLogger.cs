using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>An application's logger, which may throw: that costs its line and nothing else. What it would not take goes to another, with its reason.</summary>
internal sealed class GuardedLogger(ILogger guarded, ILogger other) : ILogger
{
    /// <summary>The application's own.</summary>
    internal ILogger Guarded => guarded;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull
    {
        try
        {
            return guarded.BeginScope(state);
        }
        catch (Exception e)
        {
            other.LoggerFailed(e);
            return null;
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return guarded.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return true; // Log says why
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            guarded.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception e)
        {
            other.LoggerFailed(e);
            other.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
