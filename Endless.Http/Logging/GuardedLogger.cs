using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>
/// An application's logger. It may throw: then only that line is missing there, and another logger gets the event, with the reason. Each event that it takes is logged in a scope that
/// says of which process it is, since the logs of two generations meet in one place.
/// </summary>
/// <remarks>The scope is opened for the event alone: it belongs to the flow of the code that opens it (AsyncLocal), and events come from threads that have no flow in common.</remarks>
internal sealed class GuardedLogger(ILogger guarded, ILogger other, ProcessScope process) : ILogger
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
            if (!guarded.IsEnabled(logLevel)) return; // no scope for what is not logged
            using var scope = guarded.BeginScope(process);
            guarded.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception e)
        {
            other.LoggerFailed(e);
            other.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
