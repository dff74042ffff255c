using System.Globalization;
using System.IO.Pipes;
using System.Text;
using System.Text.RegularExpressions;
using Endless.Http.Channels;
using Endless.Http.Load;
using Endless.Http.Logging;
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
    public void Characters_that_turn_a_line_around_or_end_it_are_shown_and_not_written()
    {
        foreach (var c in "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
            Assert.EndsWith($": a\\u{(int)c:x4}b\n", Log(log => log.LogWarning("{Text}", $"a{c}b")));
        Assert.EndsWith(": \\x80\\x9f\n", Log(log => log.LogWarning("{Text}", "\u0080\u009f")));
        Assert.EndsWith(": \\U000e0001\ud83d\ude00\u05d0\ufffd\n", Log(log => log.LogWarning("{Text}", "\U000e0001\ud83d\ude00\u05d0\ud83d")));
        Assert.Contains("\n    System.Exception: \\u202egnp.exe\n", Log(log => log.HookFailed(new Exception("\u202egnp.exe"), "PreSignal", "SIGHUP")));
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
    public async Task A_pipe_that_nobody_reads_holds_up_its_writer_for_a_moment_once()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In); // blocking, as standard error is
        var log = new ConsoleLogger(1, descriptor: (int)pipe.ClientSafePipeHandle.DangerousGetHandle());
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) log.Listening($"event {i}");
        });
        await writing.WaitAsync(Deadline.Default);

        // With room again, what was lost is counted, and the log goes on.
        var read = new byte[1 << 20];
        var text = Encoding.UTF8.GetString(read, 0, pipe.Read(read));
        log.Listening("afterwards");
        log.Listening("the end");
        while (!text.Contains("the end")) text += Encoding.UTF8.GetString(read, 0, pipe.Read(read));
        var written = Regex.Count(text, "Listening on event [0-9]+");
        var lost = int.Parse(Regex.Match(text, "warn  gen 1 pid [0-9]+: ([0-9]+) event\\(s\\) were lost here").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(10_000, written + lost);
        Assert.Contains("Listening on afterwards", text);
    }

    [Fact]
    public async Task A_socket_that_nobody_reads_holds_up_nobody_either()
    {
        var (own, peer) = ControlChannel.CreatePair();
        using (own)
        using (peer)
        {
            var log = new ConsoleLogger(1, descriptor: (int)own.DangerousGetHandle());
            var writing = Task.Run(() =>
            {
                for (var i = 0; i < 100_000; i++) log.Listening($"event {i}");
            });
            await writing.WaitAsync(Deadline.Default);
        }
    }

    [Fact]
    public void A_log_that_cannot_be_written_harms_nobody() =>
        new ConsoleLogger(1, descriptor: 1_000_000).Listening(":1");
}
