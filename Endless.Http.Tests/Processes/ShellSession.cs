using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>An interactive bash in a terminal of its own, in which a test types. Dispose of it: that ends whatever was started in it.</summary>
internal sealed partial class ShellSession : IAsyncDisposable
{
    private readonly ProcessFamily _family = new();
    private readonly StringBuilder _screen = new();
    private readonly PseudoTerminal _terminal;
    private readonly Process _shell;

    public ShellSession()
    {
        _terminal = new PseudoTerminal(bytes =>
        {
            lock (_screen) _screen.Append(Encoding.UTF8.GetString(bytes));
        });
        // A session of its own, whose terminal is the standard input.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec setsid --ctty bash --norc --noprofile -i <>\"$0\" >&0 2>&0", _terminal.Path]);
        start.Environment[_family.Environment.Key] = _family.Environment.Value;
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()));
        start.Environment["HISTFILE"] = "";
        _shell = Process.Start(start)!;
    }

    public int ShellPid => _shell.Id;

    public string Screen
    {
        get
        {
            lock (_screen) return _screen.ToString();
        }
    }

    /// <summary>What was started in it and lives, itself included.</summary>
    public IReadOnlyList<int> Pids => _family.Pids();

    /// <summary>Waits for the Nth match of a pattern on the screen, and returns its first group.</summary>
    public async Task<string> SeesAsync(Regex pattern, int count = 1)
    {
        await UntilAsync(() => pattern.Count(Screen) >= count, $"{pattern} is on the screen {count} times");
        return pattern.Matches(Screen)[count - 1].Groups[1].Value;
    }

    /// <summary>The pid of the Nth generation that says where it listens.</summary>
    public async Task<int> GenerationAsync(int number) => int.Parse(await SeesAsync(ListeningPid(), number), CultureInfo.InvariantCulture);

    public void Type(string text) => _terminal.Type(text);

    /// <summary>Closes the terminal: its window, or the connection to it.</summary>
    public void Close() => _terminal.Dispose();

    public Task GoneAsync(params int[] pids) => UntilAsync(() => pids.All(_family.IsGone), $"{string.Join(", ", pids)} are gone");

    /// <summary>Waits for something; a failure shows the screen as it is then, what lives, and who holds a terminal's other end.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        try
        {
            await Deadline.UntilAsync(condition, what);
        }
        catch (TimeoutException late)
        {
            var living = Pids.Select(pid => $"{pid}: {string.Join(' ', ProcessStatus.Lines(pid, "Name:", "State:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:"))}");
            throw new TimeoutException($"{late.Message} The screen:\n{Screen}\nWhat lives:\n{string.Join('\n', living)}\nWho holds terminals: {string.Join(", ", ProcessStatus.Holders("/dev/ptmx"))}", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _family.KillAsync();
        _terminal.Dispose();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    [GeneratedRegex(@"Listening on \S+, pid (\d+)")]
    private static partial Regex ListeningPid();
}
