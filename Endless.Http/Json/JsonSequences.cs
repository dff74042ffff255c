using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endless.Http.Json;

namespace Endless.Http;

/// <summary>Reads and writes sequences of values in JSON that do not belong in memory as a whole: an array, or a value a line (NDJSON, JSON Lines).</summary>
public static class JsonSequences
{
    private const string Reflection = "JSON of a type that is not known at build time is read and written by reflection. Give a JsonTypeInfo<T> of a JsonSerializerContext.";

    /// <summary>Elements are collected up to so many bytes while the source has more of them.</summary>
    private const int SentAt = 16 * 1024;

    /// <summary>
    /// Reads the body as a sequence, each element as soon as it has come: an array where it is <c>application/json</c> or <c>+json</c>, a value a line where it is <c>application/x-ndjson</c> or
    /// <c>application/jsonl</c>. For a body without an end too. <see cref="JsonReadOptions.MaxBytes"/> bounds an element and <see cref="JsonReadOptions.MaxElements"/> their number, so that what is held is one
    /// element; what the server and <see cref="Request.MaxBodyBytes"/> allow bounds the whole. Needs no reflection.
    /// </summary>
    /// <param name="r">The request.</param>
    /// <param name="typeInfo">Of an element, from a context.</param>
    /// <param name="options">What the client may send; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    /// <returns>The elements, none of them null. To be walked once.</returns>
    /// <exception cref="ProblemException">415 for another Content-Type; 400 for what is malformed or not of the type; 413 for too many elements. Those before have been given by then.</exception>
    /// <exception cref="MaxBytesException">An element is too large: answered with 413.</exception>
    /// <exception cref="RequestBodyException">It could not be read to its end.</exception>
    public static async IAsyncEnumerable<T> ReadJsonSequenceAsync<T>(this Request r, JsonTypeInfo<T> typeInfo, JsonReadOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(typeInfo);
        options ??= JsonReadOptions.Default;
        using var splitter = new JsonSplitter(JsonContentType.CheckSequence(r), options);
        var reader = r.Body;
        bool isAtEnd;
        do
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            splitter.Append(result.Buffer);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCanceled) throw new OperationCanceledException("The read of the body was canceled.");
            isAtEnd = result.IsCompleted;
            while (splitter.TryNext(isAtEnd, out var element)) yield return JsonBody.Parse(element.Span, typeInfo, options, splitter.Count - 1);
        }
        while (!isAtEnd);
    }

    /// <summary>
    /// Reads the body as a sequence, as <see cref="ReadJsonSequenceAsync{T}(Request, JsonTypeInfo{T}, JsonReadOptions?, CancellationToken)"/>, but by reflection; with the web's defaults (camel case) where no
    /// <paramref name="serializer"/> options are given.
    /// </summary>
    [RequiresUnreferencedCode(Reflection), RequiresDynamicCode(Reflection)]
    public static IAsyncEnumerable<T> ReadJsonSequenceAsync<T>(this Request r, JsonReadOptions? options = null, JsonSerializerOptions? serializer = null, CancellationToken cancellationToken = default) =>
        r.ReadJsonSequenceAsync(JsonTypes.Of<T>(serializer), options, cancellationToken);

    /// <summary>
    /// Answers with a sequence, element by element: several in one piece as long as the source has them, and what there is at once where it waits. A source that fails when the response has begun leaves the client
    /// with a response that is not whole, as it should. Needs no reflection.
    /// </summary>
    /// <param name="w">The response. Content-Type is that of the format unless it is set.</param>
    /// <param name="source">The elements. Its enumerator is given a token that fires when the client is gone in a write.</param>
    /// <param name="typeInfo">Of an element, from a context.</param>
    /// <param name="format">An array, or a value a line.</param>
    /// <param name="cancellationToken">Ends the whole; give <see cref="Request.Cancellation"/> where the source can wait for long, so that it ends when the client leaves.</param>
    public static async Task WriteJsonSequenceAsync<T>(
        this ResponseWriter w, IAsyncEnumerable<T> source, JsonTypeInfo<T> typeInfo, JsonSequenceFormat format = JsonSequenceFormat.Array, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (!w.HasStarted && w.Header["Content-Type"] is null) w.Header.Set("Content-Type", format == JsonSequenceFormat.Lines ? "application/x-ndjson" : "application/json");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = new JsonSequenceOutput<T>(w, typeInfo, format, SentAt);
        var elements = source.GetAsyncEnumerator(ending.Token);
        await using (elements.ConfigureAwait(false))
        {
            while (true)
            {
                var next = elements.MoveNextAsync().AsTask();
                if (!next.IsCompleted)
                {
                    try
                    {
                        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                    }
                    catch
                    {
                        // An enumerator is not to be disposed of while it moves.
                        await ending.CancelAsync().ConfigureAwait(false);
                        await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        throw;
                    }
                }
                if (!await next.ConfigureAwait(false)) break;
                await output.WriteAsync(elements.Current, cancellationToken).ConfigureAwait(false);
            }
        }
        await output.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Answers with a sequence, as <see cref="WriteJsonSequenceAsync{T}(ResponseWriter, IAsyncEnumerable{T}, JsonTypeInfo{T}, JsonSequenceFormat, CancellationToken)"/>, but by reflection; with the web's defaults
    /// (camel case) where no <paramref name="serializer"/> options are given.
    /// </summary>
    [RequiresUnreferencedCode(Reflection), RequiresDynamicCode(Reflection)]
    public static Task WriteJsonSequenceAsync<T>(
        this ResponseWriter w, IAsyncEnumerable<T> source, JsonSequenceFormat format = JsonSequenceFormat.Array, JsonSerializerOptions? serializer = null, CancellationToken cancellationToken = default) =>
        w.WriteJsonSequenceAsync(source, JsonTypes.Of<T>(serializer), format, cancellationToken);
}
