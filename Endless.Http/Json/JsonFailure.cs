using System.Globalization;
using System.Text.Json;

namespace Endless.Http.Json;

/// <summary>What a client is told of JSON that is refused: where and why, in the server's words. An exception's own message names types of the program.</summary>
internal static class JsonFailure
{
    /// <summary>Of a path: names in it are the client's, and as long as it likes.</summary>
    private const int MostOfPath = 200;

    public static ProblemException Empty() => new(new ProblemDetails(400, "The body is empty, and JSON is expected."));

    public static ProblemException Null() => new(new ProblemDetails(400, "The JSON value is null, which is not allowed here."));

    public static ProblemException NotAnArray() => new(new ProblemDetails(400, "The body is no JSON array."));

    public static ProblemException Unended() => new(new ProblemDetails(400, "The JSON array does not end."));

    public static ProblemException Trailing() => new(new ProblemDetails(400, "Something follows the end of the JSON value."));

    public static ProblemException TooMany(long limit) => new(new ProblemDetails(413, string.Create(CultureInfo.InvariantCulture, $"The sequence has more than {limit} elements.")));

    /// <summary>What an exception says.</summary>
    /// <param name="failure">Of the serializer.</param>
    /// <param name="options">What was allowed.</param>
    /// <param name="element">The element of a sequence, counted from 0; -1 if it is none.</param>
    public static ProblemException Of(JsonException failure, JsonReadOptions options, long element)
    {
        var path = failure.Path is { Length: > 0 } found ? found : "$";
        if (path.Length > MostOfPath) path = path[..MostOfPath] + "...";
        if (element >= 0) path = string.Create(CultureInfo.InvariantCulture, $"$[{element}]{path.AsSpan(1)}");
        var reason = ReasonOf(failure, options);
        // Counted from 0 by the serializer, from 1 by editors.
        var place = element < 0 && failure is { LineNumber: { } line, BytePositionInLine: { } position } ? string.Create(CultureInfo.InvariantCulture, $", line {line + 1}, byte {position + 1}") : "";
        var problem = new ProblemDetails(400, $"The JSON is refused at {path}{place}: {reason}.");
        problem.Errors[path] = [reason];
        return new ProblemException(problem, failure);
    }

    // By the message where nothing else tells: one that is not recognised gives a reason that is less exact.
    private static string ReasonOf(JsonException failure, JsonReadOptions options)
    {
        var message = failure.Message;
        if (failure.InnerException is JsonException)
        {
            if (message.Contains("maximum configured depth", StringComparison.Ordinal)) return string.Create(CultureInfo.InvariantCulture, $"more than {options.MaxDepth} arrays and objects are within each other");
            return message.Contains("after a single JSON value", StringComparison.Ordinal) ? "something follows the end of the value" : "this is not well-formed JSON";
        }
        if (message.Contains("missing required properties", StringComparison.Ordinal)) return $"required members are missing{NamesIn(message)}";
        if (message.StartsWith("Duplicate", StringComparison.Ordinal) || message.Contains("uplicate property", StringComparison.Ordinal)) return "a member is there twice";
        if (message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal)) return "the member is not known here";
        return "the value has a type or a form that is not allowed here";
    }

    /// <summary>The members that a message names behind its last colon, which are those of the contract.</summary>
    private static string NamesIn(string message)
    {
        const string mark = "including: ";
        var start = message.IndexOf(mark, StringComparison.Ordinal);
        var end = start < 0 ? -1 : message.IndexOf('.', start);
        return end < 0 ? "" : $": {message.AsSpan((start + mark.Length)..end)}";
    }
}
