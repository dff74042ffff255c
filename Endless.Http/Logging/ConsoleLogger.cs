using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>
/// The default logger: one line an event to standard error, with time (UTC), level, generation and pid, so that several generations can
/// share a terminal: <c>2025-11-22T12:28:42.123Z info  gen 2 pid 4711: Listening on [::]:8080.</c> An exception's stack follows, indented. Of equal events of requests no more than some a second are
/// written, and then how many were not (<see cref="RepeatedEvents"/>).
/// </summary>
/// <remarks>
/// Each event is one write(2), so that lines of two processes do not mix. Where nobody reads them, they are lost and counted after a moment (<see cref="BoundedOutput"/>). Control characters of a message are shown as <c>\x1b</c>, those of
/// Unicode that turn the direction of a line, end it or show nothing as <c>\u202e</c>: what a client sent cannot forge a line, drive a terminal or show other text than is there (Trojan Source, CVE-2021-42574). <c>System.Console</c> is not used: loading it costs a start-up several milliseconds.
/// </remarks>
internal sealed class ConsoleLogger : ILogger
{
    private readonly int _generation;
    private readonly LogLevel _minimum;
    private readonly BoundedOutput _output;
    private readonly RepeatedEvents _repeated;

    /// <param name="generation">Its number, or <see cref="Supervisor"/>.</param>
    /// <param name="minimum">Events below are not written.</param>
    /// <param name="descriptor">Where they are written.</param>
    public ConsoleLogger(int generation, LogLevel minimum = LogLevel.Information, int descriptor = 2)
    {
        (_generation, _minimum, _output) = (generation, minimum, new BoundedOutput(descriptor));
        _repeated = new RepeatedEvents((kind, lost) =>
            Write(LogLevel.Warning, $"{lost} more events like this were not written: id {kind.Event}, route \"{kind.Route}\"{(kind.Exception is null ? "" : $", {kind.Exception}")}", null));
    }

    /// <summary>In place of a generation's number: the process that supervises them.</summary>
    internal const int Supervisor = 0;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimum && logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || (logLevel >= LogLevel.Warning && !Admit(eventId.Id, state, exception))) return;
        Write(logLevel, formatter(state, exception), exception);
    }

    /// <summary>Whether an event is written. What a client can bring about, event by event, is about a request and names its route.</summary>
    private bool Admit(int id, object? state, Exception? exception)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values) return true;
        for (var i = 0; i < values.Count; i++)
            if (values[i] is { Key: "Route", Value: string route }) return _repeated.Admit(new(id, route, exception?.GetType()), Environment.TickCount64);
        return true;
    }

    /// <summary>Apart from <see cref="Log"/>, of which one is compiled at run time for each kind of state; and of no parts that would be.</summary>
    private void Write(LogLevel level, string message, Exception? exception)
    {
        if (_output.TakeLost() is > 0 and var lost && !_output.TryWrite(Format(LogLevel.Warning, $"{lost} event(s) were lost here: nobody read this log", null))) _output.Lose(lost);
        if (!_output.TryWrite(Format(level, message, exception))) _output.Lose(1);
    }

    private byte[] Format(LogLevel level, string message, Exception? exception)
    {
        var line = new StringBuilder(160);
        line.Append(DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture), 0, "2025-11-22T12:28:42.123".Length).Append("Z ").Append(Name(level));
        if (_generation == Supervisor) line.Append(" supervisor");
        else line.Append(" gen ").Append(_generation);
        line.Append(" pid ").Append(Environment.ProcessId).Append(": ");
        AppendPrintable(line, message);
        line.Append('\n');
        if (exception != null)
        {
            foreach (var part in exception.ToString().Split('\n'))
            {
                line.Append("    ");
                AppendPrintable(line, part.TrimEnd('\r'));
                line.Append('\n');
            }
        }
        return Encoding.UTF8.GetBytes(line.ToString());
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private static void AppendPrintable(StringBuilder line, string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            line.Append(text);
            return;
        }
        foreach (var rune in text.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Control:
                    line.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
                    break;
                case UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    if (rune.IsBmp) line.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                    else line.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
                    break;
                default:
                    line.Append(rune.ToString());
                    break;
            }
        }
    }
}
