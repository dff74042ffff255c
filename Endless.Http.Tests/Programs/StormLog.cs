using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Programs;

/// <summary>A line of the log.</summary>
internal sealed record LogLine(LogLevel Level, int Event, string Message, Exception? Exception)
{
    /// <summary>Names the request by method, path and route, so that whoever reads it finds the handler.</summary>
    public bool Names(Visit visit) => Message.Contains(visit.Method + " " + visit.Path, StringComparison.Ordinal) && Message.Contains(visit.Route, StringComparison.Ordinal);

    public override string ToString() => $"{Level} {Event}: {Message}{(Exception is null ? "" : $" {Exception.GetType().Name}: {Exception.Message}")}";
}

/// <summary>The log of the storm's servers, by the request that a line is about.</summary>
internal sealed partial class StormLog(params ILogger[] next) : ILogger
{
    private readonly ConcurrentDictionary<long, ConcurrentQueue<LogLine>> _lines = [];

    private readonly ConcurrentDictionary<long, bool> _named = [];

    /// <summary>Lines that tell of something wrong and of no request.</summary>
    public ConcurrentQueue<LogLine> Others { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = new LogLine(logLevel, eventId.Id, formatter(state, exception), exception);
        if (logLevel > LogLevel.Information && RequestOf(line.Message) is { } named) _named[named] = true;
        if ((RequestOf(line.Message) ?? RequestOf(exception?.ToString())) is { } id) _lines.GetOrAdd(id, _ => []).Enqueue(line);
        else if (logLevel > LogLevel.Information) Others.Enqueue(line);
        else if (logLevel == LogLevel.Information)
            foreach (var logger in next) logger.Log(logLevel, eventId, line.Message, null, static (message, _) => message);
    }

    public IReadOnlyCollection<LogLine> Of(Visit visit) => _lines.TryGetValue(visit.Id, out var lines) ? lines : [];

    /// <summary>There was a line about what a request did wrong. Outlives <see cref="Forget"/>.</summary>
    public bool HasNamed(long id) => _named.ContainsKey(id);

    public void Forget(Visit visit) => _lines.TryRemove(visit.Id, out _);

    /// <summary>The request whose path a text holds.</summary>
    public static long? RequestOf(string? text) => text is not null && RequestPath().Match(text) is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    // The ids of the storm begin high, so that no number of something else looks like one.
    [GeneratedRegex(@"/[a-z0-9-]+/([1-9]\d{9})(?!\d)")]
    private static partial Regex RequestPath();
}
