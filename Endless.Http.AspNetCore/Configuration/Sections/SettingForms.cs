using System.Globalization;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>How values are written.</summary>
internal static class SettingForms
{
    /// <summary>A whole number.</summary>
    public static readonly SettingForm<int> Number = new("a whole number", static (text, out value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value));

    /// <summary>A whole number, or null for none.</summary>
    public static readonly SettingForm<int?> NumberOrNone = OrNone(Number);

    /// <summary>A large whole number, or null for none.</summary>
    public static readonly SettingForm<long?> LargeNumberOrNone =
        OrNone(new SettingForm<long>("a whole number", static (text, out value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)));

    /// <summary>A number with or without a fraction.</summary>
    public static readonly SettingForm<double> Fraction = new("a number", static (text, out value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value));

    /// <summary>A time. Not a number alone, which .NET reads as days.</summary>
    public static readonly SettingForm<TimeSpan> Time = new("a time such as \"00:02:10\", or \"-00:00:00.001\" for ever", static (text, out value) =>
    {
        value = default;
        return text?.Contains(':') == true && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    });

    /// <summary>A time, or null for none.</summary>
    public static readonly SettingForm<TimeSpan?> TimeOrNone = OrNone(Time);

    /// <summary>Yes or no.</summary>
    public static readonly SettingForm<bool> Switch = new("true or false", static (text, out value) => bool.TryParse(text, out value));

    /// <summary>Any text.</summary>
    public static readonly SettingForm<string> Text = new("a text", static (text, out value) =>
    {
        value = text;
        return !string.IsNullOrEmpty(text);
    });

    /// <summary>Any text, or null for none.</summary>
    public static readonly SettingForm<string?> TextOrNone = new("a text, or null for none", static (text, out value) =>
    {
        value = string.IsNullOrEmpty(text) ? null : text;
        return true;
    });

    /// <summary>A member of an enumeration by its name, in any case. Not by its number, which nobody can read.</summary>
    public static SettingForm<T> Member<T>() where T : struct, Enum => new(
        string.Join(", ", Enum.GetNames<T>()),
        static (text, out value) => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase));

    /// <summary>The same, or null or nothing for none.</summary>
    private static SettingForm<T?> OrNone<T>(SettingForm<T> form) where T : struct => new($"{form.Expected}, or null for none", (text, out value) =>
    {
        value = null;
        if (string.IsNullOrEmpty(text)) return true;
        if (!form.TryRead(text, out var read)) return false;
        value = read;
        return true;
    });
}
