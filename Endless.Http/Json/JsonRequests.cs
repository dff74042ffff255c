using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endless.Http.Json;

namespace Endless.Http;

/// <summary>Reads requests whose body is JSON (RFC 8259).</summary>
public static class JsonRequests
{
    private const string Reflection = "JSON of a type that is not known at build time is read by reflection. Give a JsonTypeInfo<T> of a JsonSerializerContext.";

    /// <summary>
    /// Reads the body as one JSON value: <c>application/json</c> or <c>+json</c>, in UTF-8, within the limits of <paramref name="options"/>. What is refused needs no catch: it is answered with what is wrong and where,
    /// without a word of the program's types. Needs no reflection: for programs that are trimmed or compiled ahead of time.
    /// </summary>
    /// <param name="r">The request.</param>
    /// <param name="typeInfo">Of a context: <c>[JsonSerializable(typeof(Order))] partial class Shop : JsonSerializerContext</c> has <c>Shop.Default.Order</c>. Its options hold too, but for the depth and for members that are there twice.</param>
    /// <param name="options">What the client may send; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The value; never null.</returns>
    /// <exception cref="ProblemException">415 for another Content-Type; 400 for a body that is empty, malformed, followed by something, <c>null</c>, nested too deeply, or not of the type: required members (<c>required</c>) are missing, one is there twice, an enum has no such value.</exception>
    /// <exception cref="MaxBytesException">It is too large: answered with 413.</exception>
    /// <exception cref="RequestBodyException">It could not be read to its end.</exception>
    public static Task<T> ReadJsonAsync<T>(this Request r, JsonTypeInfo<T> typeInfo, JsonReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(typeInfo);
        return JsonBody.ReadAsync(r, typeInfo, options ?? JsonReadOptions.Default, cancellationToken);
    }

    /// <summary>
    /// Reads the body as one JSON value, as <see cref="ReadJsonAsync{T}(Request, JsonTypeInfo{T}, JsonReadOptions?, CancellationToken)"/>, but by reflection; with the web's defaults (camel case, names without case)
    /// where no <paramref name="serializer"/> options are given. Keep one object of them for all requests: what is known of a type is in it.
    /// </summary>
    [RequiresUnreferencedCode(Reflection), RequiresDynamicCode(Reflection)]
    public static Task<T> ReadJsonAsync<T>(this Request r, JsonReadOptions? options = null, JsonSerializerOptions? serializer = null, CancellationToken cancellationToken = default) =>
        r.ReadJsonAsync(JsonTypes.Of<T>(serializer), options, cancellationToken);
}
