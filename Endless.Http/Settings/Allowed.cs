using System.Runtime.CompilerServices;

namespace Endless.Http.Settings;

/// <summary>Which values a setting takes. Asked by its setter, so that a wrong one is refused where it is given and not where it is used.</summary>
internal static class Allowed
{
    /// <summary>The longest time that the runtime's timers take: 49.7 days.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>A time as the runtime's timers take it: for ever in place of one that is too long for them.</summary>
    public static TimeSpan ForTimer(TimeSpan time) => time > LongestTimer ? Timeout.InfiniteTimeSpan : time;

    /// <summary>Zero or more.</summary>
    public static int ZeroOrMore(int value, int most = int.MaxValue, [CallerMemberName] string name = "") =>
        value >= 0 && value <= most ? value : throw Refused(name, value, most == int.MaxValue ? "zero or more" : $"from zero to {most}");

    /// <summary>One or more.</summary>
    public static int OneOrMore(int value, int most, [CallerMemberName] string name = "") => value >= 1 && value <= most ? value : throw Refused(name, value, $"from one to {most}");

    /// <summary>One or more.</summary>
    public static long OneOrMore(long value, [CallerMemberName] string name = "") => value >= 1 ? value : throw Refused(name, value, "one or more");

    /// <summary>Zero or more, or -1 for no limit.</summary>
    public static long ZeroOrMoreOrNone(long value, [CallerMemberName] string name = "") => value >= -1 ? value : throw Refused(name, value, "zero or more, or -1 for no limit");

    /// <summary>A time that is not zero, up to a number of seconds.</summary>
    public static TimeSpan Seconds(TimeSpan value, int most, [CallerMemberName] string name = "") =>
        value > TimeSpan.Zero && value <= TimeSpan.FromSeconds(most) ? value : throw Refused(name, value, $"positive, up to {most} seconds");

    /// <summary>A time from zero to the longest of a timer.</summary>
    public static TimeSpan TimerTime(TimeSpan value, [CallerMemberName] string name = "") =>
        value >= TimeSpan.Zero && value <= LongestTimer ? value : throw Refused(name, value, "from zero to 49 days");

    /// <summary>A time of zero or more, or for ever.</summary>
    public static TimeSpan ZeroOrMoreOrInfinite(TimeSpan value, [CallerMemberName] string name = "") =>
        value >= TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value : throw Refused(name, value, "zero or more, or Timeout.InfiniteTimeSpan");

    /// <summary>A time that is not zero, or for ever.</summary>
    public static TimeSpan PositiveOrInfinite(TimeSpan value, [CallerMemberName] string name = "") =>
        value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value : throw Refused(name, value, "positive, or Timeout.InfiniteTimeSpan");

    /// <summary>A member of an enumeration, not some other number.</summary>
    public static T Member<T>(T value, [CallerMemberName] string name = "") where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw Refused(name, value, string.Join(", ", Enum.GetNames<T>()));

    /// <summary>A name of 1 to 255 characters without control characters, or none.</summary>
    public static string? Name(string? value, [CallerMemberName] string name = "") =>
        value is null || (value.Length is > 0 and <= 255 && !value.AsSpan().ContainsAnyInRange('\0', '\x1f') && !value.AsSpan().ContainsAnyInRange('\x7f', '\x9f')) ? value
        : throw new ArgumentException($"{name} cannot be \"{value}\"; allowed are 1 to 255 characters that are no control characters, or null.", name);

    /// <summary>Not null.</summary>
    public static T NotNull<T>(T value, [CallerMemberName] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    /// <summary>The exception for a value that a setting does not take.</summary>
    /// <param name="name">The setting's.</param>
    /// <param name="value">The value.</param>
    /// <param name="allowed">What it takes: "zero or more".</param>
    public static ArgumentOutOfRangeException Refused(string name, object value, string allowed) => new(name, value, $"{name} cannot be {value}; allowed is {allowed}.");
}
