using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endless.Http.Json;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>Answers in JSON (RFC 8259).</summary>
public static class JsonResponses
{
    private const string Reflection = "JSON of a type that is not known at build time is written by reflection. Give a JsonTypeInfo<T> of a JsonSerializerContext.";

    /// <summary>
    /// Answers with a value in JSON: the whole body, as <c>application/json</c> unless Content-Type is set. It is made in memory first, so that a value that cannot be written is a 500 and no half answer, and the
    /// response has a Content-Length; for what does not belong in memory there is <c>WriteJsonSequenceAsync</c>.
    /// Needs no reflection: for programs that are trimmed or compiled ahead of time.
    /// </summary>
    /// <param name="w">The response.</param>
    /// <param name="value">What to write; null is <c>null</c>.</param>
    /// <param name="typeInfo">Of a context: <c>[JsonSerializable(typeof(Order))] partial class Shop : JsonSerializerContext</c> has <c>Shop.Default.Order</c>.</param>
    /// <param name="status">The response's status; null for the one that is set, or 200.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    public static Task WriteJsonAsync<T>(this ResponseWriter w, T value, JsonTypeInfo<T> typeInfo, int? status = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(typeInfo);
        var output = JsonOutput.Rent(typeInfo.Options);
        try
        {
            JsonSerializer.Serialize(output.Writer, value, typeInfo);
        }
        catch
        {
            output.Return();
            throw;
        }
        if (status is { } chosen) w.StatusCode = chosen;
        if (!w.HasStarted)
        {
            if (w.Header["Content-Type"] is null) w.Header.Set("Content-Type", "application/json");
            // Of a smaller body the server counts the length by itself.
            if (output.Length > ServerResponse.BufferSize) w.Header.Set("Content-Length", output.Length.ToString(CultureInfo.InvariantCulture));
        }
        return output.SendAsync(w, cancellationToken);
    }

    /// <summary>
    /// Answers with a value in JSON, as <see cref="WriteJsonAsync{T}(ResponseWriter, T, JsonTypeInfo{T}, int?, CancellationToken)"/>, but by reflection; with the web's defaults (camel case) where no options are given.
    /// Keep one object of options for all answers: what is known of a type is in it.
    /// </summary>
    [RequiresUnreferencedCode(Reflection), RequiresDynamicCode(Reflection)]
    public static Task WriteJsonAsync<T>(this ResponseWriter w, T value, int? status = null, JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        w.WriteJsonAsync(value, JsonTypes.Of<T>(options), status, cancellationToken);
}
