using System.Text.RegularExpressions;
using Endless.Http.Diagnostics;
using Endless.Http.Tests.Processes;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Diagnostics;

public class ConsoleLoggerTests
{
    private static string Log(Action<ILogger> log, LogLevel minimum = LogLevel.Information)
    {
        using var directory = new TempDirectory();
        using (var file = File.Open(directory["log"], FileMode.Create))
            log(new ConsoleLogger(3, minimum, (int)file.SafeFileHandle.DangerousGetHandle()));
        return File.ReadAllText(directory["log"]);
    }

    [Fact]
    public void An_event_is_a_line_with_time_level_generation_and_pid() =>
        Assert.Matches(
            $@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z info  gen 3 pid {Environment.ProcessId}: Listening on \[::\]:8080\.\n$",
            Log(log => log.Listening("[::]:8080")));

    [Fact]
    public void Control_characters_are_shown_and_not_written()
    {
        var text = Log(log => log.LogWarning("{Text}", "a\r\n2025 error\u001b[31m\0\u0085é"));
        Assert.EndsWith(": a\\x0d\\x0a2025 error\\x1b[31m\\x00\\x85é\n", text);
        Assert.Single(text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void An_exception_follows_its_line_indented()
    {
        var text = Log(log => log.HookFailed(new InvalidOperationException("bad\u0007 thing"), "PreSignal", "SIGHUP"));
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.EndsWith("A PreSignal hook of SIGHUP failed; what the signal does is done all the same.", lines[0]);
        Assert.Equal("    System.InvalidOperationException: bad\\x07 thing", lines[1]);
    }

    [Fact]
    public void Events_below_the_minimum_are_not_written()
    {
        Assert.Empty(Log(log => log.LogDebug("x")));
        Assert.Matches(new Regex("debug gen 3 pid [0-9]+: x\n$"), Log(log => log.LogDebug("x"), LogLevel.Debug));
    }

    [Fact]
    public void A_log_that_cannot_be_written_harms_nobody() =>
        new ConsoleLogger(1, descriptor: 1_000_000).Listening(":1");
}
