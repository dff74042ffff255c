using Endless.Http.Semantics;

namespace Endless.Http.Json;

/// <summary>Whether a request's body is JSON, by what its header says.</summary>
internal static class JsonContentType
{
    /// <summary>Refuses a body that is not one value in JSON.</summary>
    /// <exception cref="ProblemException">415.</exception>
    public static void Check(Request r)
    {
        if (KindOf(r) != JsonSequenceFormat.Array) throw Unsupported("The body must be JSON: send it as Content-Type application/json.");
    }

    /// <summary>Whether a body is an array or lines; anything else is refused.</summary>
    /// <exception cref="ProblemException">415.</exception>
    public static JsonSequenceFormat CheckSequence(Request r) =>
        KindOf(r) ?? throw Unsupported("The body must be a sequence in JSON: send an array as Content-Type application/json, or a value a line as application/x-ndjson.");

    /// <summary>Null for what is neither.</summary>
    private static JsonSequenceFormat? KindOf(Request r)
    {
        // What decodes a body, such as Middleware.Decompress, removes the field.
        if (r.Header["Content-Encoding"] is { } coding && !FieldList.HasOnly(coding, "identity", out _)) throw Unsupported("The body is encoded (Content-Encoding), which is not understood here.");
        if (r.Header["Content-Type"] is not { } value) return null;
        var parts = FieldList.Elements(value, ';');
        parts.MoveNext();
        var type = parts.Current;
        JsonSequenceFormat? kind =
            type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || (type.EndsWith("+json", StringComparison.OrdinalIgnoreCase) && type.Contains('/')) ? JsonSequenceFormat.Array
            : IsLines(type) ? JsonSequenceFormat.Lines
            : null;
        foreach (var parameter in parts)
        {
            if (!parameter.StartsWith("charset=", StringComparison.OrdinalIgnoreCase)) continue;
            // RFC 8259 section 8.1: nothing but UTF-8 between systems.
            if (!parameter["charset=".Length..].Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)) throw Unsupported("JSON is in UTF-8 (RFC 8259 section 8.1).");
        }
        return kind;
    }

    // None of them is registered.
    private static bool IsLines(ReadOnlySpan<char> type) =>
        type.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase) || type.Equals("application/ndjson", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/jsonl", StringComparison.OrdinalIgnoreCase) || type.Equals("application/x-jsonlines", StringComparison.OrdinalIgnoreCase);

    private static ProblemException Unsupported(string detail) => new(new ProblemDetails(415, detail));
}
