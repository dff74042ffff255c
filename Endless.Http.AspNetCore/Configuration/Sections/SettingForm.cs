using System.Diagnostics.CodeAnalysis;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>How values of a kind are written.</summary>
/// <param name="expected">In words, for who wrote one otherwise.</param>
/// <param name="read">Reads one; false if it is written otherwise. Null is JSON's.</param>
internal sealed class SettingForm<T>(string expected, SettingForm<T>.Reader read)
{
    /// <summary>Reads a value; false if it is none.</summary>
    public delegate bool Reader(string? text, out T? value);

    /// <summary>In words.</summary>
    public string Expected => expected;

    /// <summary>Reads a value; false if it is none.</summary>
    public bool TryRead(string? text, [MaybeNullWhen(false)] out T value)
    {
        var isRead = read(text, out var found);
        value = found!;
        return isRead;
    }
}
