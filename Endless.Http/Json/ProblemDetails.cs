using System.Text;
using System.Text.Json.Nodes;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// What went wrong, for a program that called this one: a problem details object (RFC 9457), which <see cref="ProblemResponses.WriteProblemAsync"/> sends as <c>application/problem+json</c>. Not thread-safe.
/// ASP.NET Core's <c>ProblemDetails</c>.
/// </summary>
/// <remarks>What it says goes to the client: no exception's message, no path of this machine, no secret. Strings of the client's may be in it, since JSON escapes them.</remarks>
public sealed class ProblemDetails
{
    /// <summary>A problem of the kind that its status says.</summary>
    public ProblemDetails() { }

    /// <summary>A problem of the kind that its status says.</summary>
    /// <param name="status">400 to 599.</param>
    /// <param name="detail">What went wrong this time, for a person; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no status of an error.</exception>
    public ProblemDetails(int status, string? detail = null) => (Status, Detail) = (status, detail);

    /// <summary>A URI that names the kind of problem, best one that leads to its documentation. Null, the default, for <c>about:blank</c>: the kind that the status says.</summary>
    public string? Type { get; set; }

    /// <summary>The kind of problem in a few words, the same each time. Null, the default, for the status's phrase where <see cref="Type"/> is null: <c>Not Found</c>.</summary>
    public string? Title { get; set; }

    /// <summary>The status of the response, 400 to 599; 500 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no status of an error.</exception>
    public int Status
    {
        get;
        set => field = value is >= 400 and <= 599 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The status of a problem is 400 to 599 (RFC 9110 section 15).");
    } = 500;

    /// <summary>What went wrong this time and what to do about it, for a person. Null for nothing.</summary>
    public string? Detail { get; set; }

    /// <summary>A URI that names this occurrence: a path of the service, or an identifier by which it is found in the log. Null for none.</summary>
    public string? Instance { get; set; }

    /// <summary>What is wrong with members of the request, by their names: <c>errors</c>, as ASP.NET Core sends it. Left out while empty.</summary>
    public IDictionary<string, string[]> Errors => _errors ??= [];

    /// <summary>Further members (RFC 9457 section 3.2): <c>problem.Extensions["balance"] = 30;</c>. Those with the names of the properties here are left out.</summary>
    public JsonObject Extensions => _extensions ??= [];

    private Dictionary<string, string[]>? _errors;
    private JsonObject? _extensions;

    /// <summary>The title to send: a kind without a URI has the phrase of its status (RFC 9457 section 4.2.1).</summary>
    internal string? SentTitle => Title ?? (Type is null && ReasonPhrase.Of(Status) is { IsEmpty: false } phrase ? Encoding.ASCII.GetString(phrase) : null);

    /// <summary>The errors of members; null for none.</summary>
    internal IReadOnlyDictionary<string, string[]>? SentErrors => _errors is { Count: > 0 } ? _errors : null;

    /// <summary>The further members; null for none.</summary>
    internal JsonObject? SentExtensions => _extensions;
}
