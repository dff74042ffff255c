using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Endless.Http;

/// <summary>
/// Values of the path and the query as numbers, UUIDs and whatever else can be parsed: <c>r.PathInt("id")</c>, <c>r.QueryValue("page", 1)</c>. A value that is none is the client's mistake: it is answered with 400 and
/// the reason, without a line in the handler, by <see cref="HttpErrorException"/>. The methods that begin with Try throw nothing for it.
/// </summary>
/// <remarks>
/// Numbers are those of the invariant culture, whatever the machine's is; spaces around a value are not passed over. A bad value costs some ten microseconds of CPU time, and a fifth of that with Try.
/// </remarks>
public static class RequestValues
{
    /// <summary>The path value as an <see cref="int"/>.</summary>
    /// <inheritdoc cref="PathValue{T}(Request, string)"/>
    public static int PathInt(this Request r, string name) => r.PathValue<int>(name);

    /// <summary>The path value as a <see cref="long"/>.</summary>
    /// <inheritdoc cref="PathValue{T}(Request, string)"/>
    public static long PathLong(this Request r, string name) => r.PathValue<long>(name);

    /// <summary>The path value as a <see cref="Guid"/>.</summary>
    /// <inheritdoc cref="PathValue{T}(Request, string)"/>
    public static Guid PathGuid(this Request r, string name) => r.PathValue<Guid>(name);

    /// <summary>The path value as a <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">A number, <see cref="bool"/>, <see cref="Guid"/>, <see cref="DateOnly"/>, <see cref="string"/>, or any type that can be parsed.</typeparam>
    /// <param name="r">The request.</param>
    /// <param name="name">The wildcard's name.</param>
    /// <exception cref="HttpErrorException">400: the value is none.</exception>
    /// <exception cref="InvalidOperationException">The pattern has no wildcard of that name.</exception>
    public static T PathValue<T>(this Request r, string name) where T : ISpanParsable<T> =>
        r.TryPathValue<T>(name, out var value) ? value : throw Invalid<T>("path", name);

    /// <summary>The path value as a <typeparamref name="T"/>; false if it is none.</summary>
    /// <typeparam name="T">As for <see cref="PathValue{T}(Request, string)"/>.</typeparam>
    /// <param name="r">The request.</param>
    /// <param name="name">The wildcard's name.</param>
    /// <param name="value">The value; the type's default where the answer is false.</param>
    /// <exception cref="InvalidOperationException">The pattern has no wildcard of that name.</exception>
    public static bool TryPathValue<T>(this Request r, string name, [MaybeNullWhen(false)] out T value) where T : ISpanParsable<T>
    {
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(name);
        var text = r.PathValue(name);
        if (text.Length == 0 && !r.HasPathValue(name)) throw new InvalidOperationException($"The pattern \"{r.Pattern}\" has no wildcard named {name}: write {{{name}}} in it.");
        return TryParse(text, out value);
    }

    /// <summary>The first value of a query's key as an <see cref="int"/>.</summary>
    /// <inheritdoc cref="QueryValue{T}(Request, string)"/>
    public static int QueryInt(this Request r, string name) => r.QueryValue<int>(name);

    /// <summary>The first value of a query's key as an <see cref="int"/>, or another where the key is absent.</summary>
    /// <inheritdoc cref="QueryValue{T}(Request, string, T)"/>
    public static int QueryInt(this Request r, string name, int defaultValue) => r.QueryValue(name, defaultValue);

    /// <summary>The first value of a query's key as a <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">As for <see cref="PathValue{T}(Request, string)"/>.</typeparam>
    /// <param name="r">The request.</param>
    /// <param name="name">The key.</param>
    /// <exception cref="HttpErrorException">400: the key is absent, or its value is none.</exception>
    public static T QueryValue<T>(this Request r, string name) where T : ISpanParsable<T>
    {
        if (TextOf(r, name) is not { } text) throw new HttpErrorException(400, $"the query has no {name}");
        return TryParse<T>(text, out var value) ? value : throw Invalid<T>("query", name);
    }

    /// <summary>The first value of a query's key as a <typeparamref name="T"/>, or another where the key is absent.</summary>
    /// <typeparam name="T">As for <see cref="PathValue{T}(Request, string)"/>.</typeparam>
    /// <param name="r">The request.</param>
    /// <param name="name">The key.</param>
    /// <param name="defaultValue">What an absent key means. One that is there and has no value is there.</param>
    /// <exception cref="HttpErrorException">400: the value is none.</exception>
    public static T QueryValue<T>(this Request r, string name, T defaultValue) where T : ISpanParsable<T>
    {
        if (TextOf(r, name) is not { } text) return defaultValue;
        return TryParse<T>(text, out var value) ? value : throw Invalid<T>("query", name);
    }

    /// <summary>The first value of a query's key as a <typeparamref name="T"/>; false if the key is absent or its value is none.</summary>
    /// <typeparam name="T">As for <see cref="PathValue{T}(Request, string)"/>.</typeparam>
    /// <param name="r">The request.</param>
    /// <param name="name">The key.</param>
    /// <param name="value">The value; the type's default where the answer is false.</param>
    public static bool TryQueryValue<T>(this Request r, string name, [MaybeNullWhen(false)] out T value) where T : ISpanParsable<T>
    {
        value = default;
        return TextOf(r, name) is { } text && TryParse(text, out value);
    }

    private static string? TextOf(Request r, string name)
    {
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(name);
        return r.Query.Get(name);
    }

    private static bool TryParse<T>(string text, [MaybeNullWhen(false)] out T value) where T : ISpanParsable<T>
    {
        // .NET's parsers pass over spaces, and over NULs behind a number: "7" and "7%00" would be one value here and two for whatever stands in front (a cache, a filter).
        if (typeof(T) == typeof(string) || typeof(T) == typeof(char) || (text.Length > 0 && !IsPassedOver(text[0]) && !IsPassedOver(text[^1]))) return T.TryParse(text, CultureInfo.InvariantCulture, out value);
        value = default;
        return false;
    }

    private static bool IsPassedOver(char c) => c == '\0' || char.IsWhiteSpace(c);

    private static HttpErrorException Invalid<T>(string part, string name) where T : ISpanParsable<T> => new(400, $"{name} in the {part} is no {NameOf<T>()}");

    /// <summary>What a client calls the type.</summary>
    private static string NameOf<T>() where T : ISpanParsable<T>
    {
        if (typeof(T) == typeof(int)) return "whole number from -2147483648 to 2147483647";
        if (typeof(T) == typeof(long)) return "whole number from -9223372036854775808 to 9223372036854775807";
        if (typeof(T) == typeof(Guid)) return "UUID";
        if (typeof(T) == typeof(bool)) return "true or false";
        if (typeof(T) == typeof(DateOnly)) return "date";
        if (typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(decimal)) return "number";
        return typeof(T) == typeof(DateTime) || typeof(T) == typeof(DateTimeOffset) ? "date with a time" : $"valid {typeof(T).Name}";
    }
}
