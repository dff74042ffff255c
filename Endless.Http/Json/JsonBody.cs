using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http.Json;

/// <summary>Reads a request's body as one JSON value.</summary>
internal static class JsonBody
{
    /// <summary>Space, tab, line feed, carriage return (RFC 8259 section 2).</summary>
    public static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\n\r"u8);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static async Task<T> ReadAsync<T>(Request r, JsonTypeInfo<T> typeInfo, JsonReadOptions options, CancellationToken cancellationToken)
    {
        JsonContentType.Check(r);
        if (r.ContentLength > options.MaxBytes) throw new MaxBytesException(options.MaxBytes);
        var reader = r.Body;
        byte[] copy = [];
        var length = 0;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var data = result.Buffer;
                if (data.Length > options.MaxBytes - length || result.IsCanceled)
                {
                    reader.AdvanceTo(data.End);
                    throw result.IsCanceled ? new OperationCanceledException("The read of the body was canceled.") : new MaxBytesException(options.MaxBytes);
                }
                if (result.IsCompleted && length == 0 && data.IsSingleSegment)
                {
                    try
                    {
                        return Parse(data.FirstSpan, typeInfo, options);
                    }
                    finally
                    {
                        reader.AdvanceTo(data.End);
                    }
                }
                // Consumed as it comes, so that HTTP/2 lets more of it come.
                Append(ref copy, ref length, data);
                reader.AdvanceTo(data.End);
                if (result.IsCompleted) return Parse(copy.AsSpan(0, length), typeInfo, options);
            }
        }
        finally
        {
            if (copy.Length > 0) ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <summary>One value.</summary>
    /// <param name="json">The whole of it.</param>
    /// <param name="typeInfo">Its type's.</param>
    /// <param name="options">What is allowed.</param>
    /// <param name="element">The element of a sequence, counted from 0; -1 if it is none.</param>
    /// <exception cref="ProblemException">400.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> typeInfo, JsonReadOptions options, long element = -1)
    {
        json = WithoutMark(json);
        if (!json.ContainsAnyExcept(WhiteSpace) && element < 0) throw JsonFailure.Empty();
        var strict = (JsonTypeInfo<T>)options.Strict(typeInfo.Options).GetTypeInfo(typeof(T));
        T? value;
        try
        {
            value = JsonSerializer.Deserialize(json, strict);
        }
        catch (JsonException failure)
        {
            throw JsonFailure.Of(failure, options, element);
        }
        return value is null ? throw JsonFailure.Null() : value;
    }

    /// <summary>A parser may ignore a byte order mark (RFC 8259 section 8.1), which editors write.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) => json.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;

    /// <summary>Not rented in one for the length that the client names: it may send nothing behind that.</summary>
    public static void Append(ref byte[] copy, ref int length, in ReadOnlySequence<byte> data)
    {
        var more = (int)data.Length;
        if (copy.Length - length < more)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, length * 2));
            copy.AsSpan(0, length).CopyTo(larger);
            if (copy.Length > 0) ArrayPool<byte>.Shared.Return(copy);
            copy = larger;
        }
        data.CopyTo(copy.AsSpan(length));
        length += more;
    }
}
