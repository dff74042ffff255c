using System.Globalization;

namespace Endless.Http.AspNetCore.Hosting.SingleActive;

/// <summary>A process, told from a later one with the same number by when it started.</summary>
/// <param name="Id">Its pid.</param>
/// <param name="StartTime">Clock ticks after boot; 0 if that is not known.</param>
internal readonly record struct ProcessIdentity(int Id, long StartTime)
{
    private const int StateField = 0; // counted behind the name, which may hold anything
    private const int StartTimeField = 19;

    /// <summary>This process.</summary>
    public static ProcessIdentity Own { get; } = Of(Environment.ProcessId);

    /// <summary>It lives. A zombie does not: none of its threads runs any more.</summary>
    public bool IsAlive => Read(Id) is var (state, startTime) && state is not ("Z" or "X") && (StartTime == 0 || startTime == StartTime);

    /// <summary>The process that has this pid now.</summary>
    public static ProcessIdentity Of(int id) => new(id, Read(id)?.StartTime ?? 0);

    /// <summary>What <see cref="ToString"/> has written; null if it is something else.</summary>
    public static ProcessIdentity? Parse(string text) =>
        text.Split(':') is [var id, var startTime] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && long.TryParse(startTime, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new ProcessIdentity(number, time)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}:{StartTime}");

    private static (string State, long StartTime)? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[StateField], long.Parse(fields[StartTimeField], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null; // gone
        }
    }
}
