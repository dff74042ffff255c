using System.Text.Json;
using Endless.Http.Json;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>Answers with what went wrong, for a program that called this one (RFC 9457).</summary>
public static class ProblemResponses
{
    /// <summary>
    /// Answers with a problem: its status, <c>application/problem+json</c> and the object. Header fields that middleware or the handler set stay, but for those that describe another body (Content-Encoding, ETag,
    /// Cache-Control, ...). The handler returns afterwards. Needs no reflection.
    /// </summary>
    /// <exception cref="InvalidOperationException">The response has begun: <see cref="ResponseWriter.HasStarted"/>.</exception>
    public static Task WriteProblemAsync(this ResponseWriter w, ProblemDetails problem, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(problem);
        w.StatusCode = problem.Status; // throws where it is too late
        foreach (var name in Rejection.FieldsOfBody) w.Header.Remove(name);
        w.Header.Set("Content-Type", "application/problem+json");
        var output = JsonOutput.Rent(options: null);
        try
        {
            Write(output.Writer, problem);
            output.Writer.Flush();
        }
        catch
        {
            output.Return();
            throw;
        }
        return output.SendAsync(w, cancellationToken);
    }

    private static void Write(Utf8JsonWriter writer, ProblemDetails problem)
    {
        writer.WriteStartObject();
        WriteString(writer, "type", problem.Type);
        WriteString(writer, "title", problem.SentTitle);
        writer.WriteNumber("status", problem.Status);
        WriteString(writer, "detail", problem.Detail);
        WriteString(writer, "instance", problem.Instance);
        if (problem.SentErrors is { } errors) WriteErrors(writer, errors);
        if (problem.SentExtensions is { } extensions)
        {
            foreach (var (name, value) in extensions)
            {
                if (name is "type" or "title" or "status" or "detail" or "instance" || (name == "errors" && problem.SentErrors is not null)) continue;
                writer.WritePropertyName(name);
                if (value is null) writer.WriteNullValue();
                else value.WriteTo(writer);
            }
        }
        writer.WriteEndObject();
    }

    private static void WriteString(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyDictionary<string, string[]> errors)
    {
        writer.WriteStartObject("errors");
        foreach (var (member, messages) in errors)
        {
            writer.WriteStartArray(member);
            foreach (var message in messages) writer.WriteStringValue(message);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
