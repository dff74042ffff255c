using System.Globalization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>A restart for scripts, <c>ctl restart --pidfile FILE [--timeout SECONDS]</c>: waits for what comes of it, and says so by its exit code.</summary>
internal static class Control
{
    /// <summary>0: restarted; 1: failed, and the old generation serves on; 2: wrong arguments; 3: there is nobody to ask; 4: not over in time.</summary>
    public static int Run(string[] args)
    {
        if (Parse(args) is not var (pidFile, timeout))
        {
            Console.Error.WriteLine("usage: ctl restart --pidfile FILE [--timeout SECONDS]");
            return 2;
        }
        try
        {
            var result = RestartClient.RestartAsync(pidFile, timeout).GetAwaiter().GetResult();
            if (result.Succeeded) Console.WriteLine($"generation {result.Generation} serves, pid {result.ProcessId}");
            else Console.Error.WriteLine($"not restarted: {result.Reason}");
            return result.Succeeded ? 0 : 1;
        }
        catch (Exception e) when (e is TimeoutException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return e is TimeoutException ? 4 : 3;
        }
    }

    private static (string PidFile, TimeSpan Timeout)? Parse(string[] args) => args switch
    {
        ["restart", "--pidfile", var file] => (file, TimeSpan.FromSeconds(120)),
        ["restart", "--pidfile", var file, "--timeout", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) => (file, TimeSpan.FromSeconds(seconds)),
        _ => null,
    };
}
