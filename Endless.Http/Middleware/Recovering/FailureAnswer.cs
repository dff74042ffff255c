using System.Text.Json.Nodes;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>A problem as an answer, in the form that the client reads.</summary>
internal static class FailureAnswer
{
    /// <summary>Writes it.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="r">The request.</param>
    /// <param name="problem">What is answered.</param>
    /// <param name="failure">What the client may see of the failure; null for nothing.</param>
    public static Task WriteAsync(ResponseWriter w, Request r, ProblemDetails problem, Exception? failure)
    {
        if (PrefersText(r)) return failure is null ? WriteTextAsync(w, problem) : DeveloperPage.WriteAsync(w, r, problem, failure);
        if (r.FindValue(RequestIds.Key) is string id) problem.Extensions["requestId"] ??= id;
        if (failure is not null) problem.Extensions["exception"] = JsonValue.Create(failure.ToString());
        return w.WriteProblemAsync(problem);
    }

    /// <summary>A person's client: a browser, or a shell's that says so. Programs get problem details, also where they say nothing.</summary>
    private static bool PrefersText(Request r)
    {
        var lines = r.Header.Values("Accept");
        return Math.Max(Weight("text/plain"), Weight("text/html")) > Math.Max(Weight("application/problem+json"), Weight("application/json"));

        int Weight(string type) => AcceptField.Weigh(lines, type).Weight;
    }

    private static Task WriteTextAsync(ResponseWriter w, ProblemDetails problem)
    {
        // One line, as the server's own: what it repeats of a request cannot look like more.
        var text = Rejections.Of(new HttpErrorException(problem.Status, problem.Detail ?? problem.SentTitle ?? "")).Text;
        w.StatusCode = problem.Status;
        foreach (var name in Rejection.FieldsOfBody) w.Header.Remove(name);
        w.Header.Set("Content-Type", "text/plain; charset=utf-8");
        w.Header.Set("X-Content-Type-Options", "nosniff");
        return w.WriteAsync(text);
    }
}
