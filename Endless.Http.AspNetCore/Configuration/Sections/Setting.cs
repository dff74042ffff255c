namespace Endless.Http.AspNetCore.Configuration;

/// <summary>A value in the configuration.</summary>
/// <param name="Path">Its keys: <c>Endless:Limits:KeepAliveTimeout</c>.</param>
/// <param name="Text">What is written; null for JSON's null.</param>
internal sealed record Setting(string Path, string? Text)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidOperationException">It is not written so, or is refused; the message names the key and the value.</exception>
    public void Read<T>(SettingForm<T> form, Action<T> set)
    {
        if (!form.TryRead(Text, out var value)) throw Wrong($"expected is {form.Expected}");
        try
        {
            set(value);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException or InvalidOperationException)
        {
            throw Wrong(e.Message.Split(" (Parameter '")[0].TrimEnd('.'), e);
        }
    }

    /// <summary>The exception for it.</summary>
    public InvalidOperationException Wrong(string why, Exception? inner = null) => new($"{Path} in the configuration is {(Text is null ? "null" : $"\"{Text}\"")}: {why}.", inner);
}
