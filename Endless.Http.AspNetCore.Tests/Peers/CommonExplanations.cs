namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Differences that any request can show.</summary>
internal static class CommonExplanations
{
    /// <summary>Messages of Kestrel's that people look for, or that their programs do.</summary>
    private static readonly string[] WellKnown =
    [
        "Response Content-Length mismatch: too few",
        "Setting the header",
        "Synchronous operations are disallowed. Call",
        "StatusCode cannot be set because the response has already started",
        "ReasonPhrase cannot be set because the response has already started",
        "OnStarting cannot be set because the response has already started",
        "Headers are read-only, response has already started",
        "Request body too large. The max request body size is",
        "The maximum request body size cannot be modified after",
        "Unexpected end of request content",
        "The request trailers are not available yet",
        "Writing is not allowed after writer was completed",
        "Reading is not allowed after",
        "No reading operation to complete",
        "Cannot upgrade a non-upgradable request",
        "The response has been aborted due to an unhandled application exception",
        "IHttpUpgradeFeature.UpgradeAsync was already called",
    ];

    public static IReadOnlyList<Explanation> All { get; } =
    [
        new(static difference => difference.Key.EndsWith("framing", StringComparison.Ordinal) && difference is { Kestrel: "chunked" or "stream", Endless: "length" }, "A body that was written whole before anything of it left is sent with its length: fewer bytes, and the client sees where it is cut."),
        new(static difference => difference.Key.EndsWith("header content-length", StringComparison.Ordinal) && difference.Kestrel is null && long.TryParse(difference.Endless, out _), "The same."),
        new(static difference => difference.Key.EndsWith("(message)", StringComparison.Ordinal) && !WellKnown.Any(known => difference.Kestrel?.StartsWith(known, StringComparison.Ordinal) == true && difference.Endless?.StartsWith(known, StringComparison.Ordinal) != true), "Each server has its own words; the types of the exceptions are compared."),
        new(static difference => difference.Key.EndsWith("status", StringComparison.Ordinal) && difference is { Kestrel: "413 Payload Too Large", Endless: "413 Content Too Large" } or { Kestrel: "422 Unprocessable Entity", Endless: "422 Unprocessable Content" }, "RFC 9110 calls it so."),
        new(static difference => difference is { Kestrel: "OperationCanceledException", Endless: "TaskCanceledException" }, "One is the other."),
    ];
}
