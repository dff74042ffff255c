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
        if (r.Header["Content-Type"] is not { } value || !MediaType.TryParse(value, out var type)) return null;
        // RFC 8259 section 8.1: nothing but UTF-8 between systems.
        if (type.Parameter("charset") is { } charset && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) throw Unsupported("JSON is in UTF-8 (RFC 8259 section 8.1).");
        if (type.Is("application/json") || type.HasSuffix("+json")) return JsonSequenceFormat.Array;
        // None of them is registered.
        return type.Is("application/x-ndjson") || type.Is("application/ndjson") || type.Is("application/jsonl") || type.Is("application/x-jsonlines") ? JsonSequenceFormat.Lines : null;
    }

    private static ProblemException Unsupported(string detail) => new(new ProblemDetails(415, detail));
}
