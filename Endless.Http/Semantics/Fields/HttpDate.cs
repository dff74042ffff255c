using System.Globalization;

namespace Endless.Http.Semantics;

/// <summary>Dates in field values (RFC 9110 section 5.6.7), which are of whole seconds.</summary>
internal static class HttpDate
{
    // IMF-fixdate, and the two obsolete formats that a recipient must take as well.
    private static readonly string[] Formats =
    [
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
    ];

    private static readonly DateTimeFormatInfo Names = MakeNames();

    /// <summary>As it is sent: IMF-fixdate.</summary>
    public static string Format(DateTimeOffset date) => date.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Takes a date in any of the three formats. What is none counts as absent, wherever a date may stand.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite;
        return DateTimeOffset.TryParseExact(text, Formats, Names, Styles, out date);
    }

    /// <summary>The date without what a field cannot say: what is compared with one that a client sends back.</summary>
    public static DateTimeOffset WholeSeconds(DateTimeOffset date) => new(date.UtcTicks - (date.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    // Two digits of a year mean one within 50 years from now (section 5.6.7), a rule that moves with the clock.
    private static DateTimeFormatInfo MakeNames()
    {
        var calendar = new GregorianCalendar { TwoDigitYearMax = DateTime.UtcNow.Year + 50 };
        return new DateTimeFormatInfo { Calendar = calendar };
    }
}
