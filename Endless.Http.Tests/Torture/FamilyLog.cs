using System.Globalization;
using System.Text.RegularExpressions;

namespace Endless.Http.Tests.Torture;

/// <summary>The lines by which generations tell of themselves and each other.</summary>
internal static partial class FamilyLog
{
    /// <summary>Whose line tells that it started a generation, and which process that is.</summary>
    public static (int Parent, int Child)? Started(string line) => StartedLine().Match(line) is { Success: true } match ? (Number(match, 1), Number(match, 2)) : null;

    /// <summary>Who has called BeforeBegin.</summary>
    public static int? Listening(string line) => First(ListeningLine(), line);

    /// <summary>Who has begun to drain.</summary>
    public static int? Draining(string line) => First(DrainLine(), line);

    /// <summary>Whose restart came to nothing.</summary>
    public static int? Failing(string line) => First(FailureLine(), line);

    private static int? First(Regex regex, string line) => regex.Match(line) is { Success: true } match ? Number(match, 1) : null;

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@" pid (\d+): Restarting: .* started as pid (\d+)")]
    private static partial Regex StartedLine();

    [GeneratedRegex(@" pid (\d+): .*(Restart failed|given up|Not restarting)")]
    private static partial Regex FailureLine();

    [GeneratedRegex(@"^Listening on \S+, pid (\d+)")]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@" pid (\d+): \S+: stopped accepting; finishing")]
    private static partial Regex DrainLine();
}
