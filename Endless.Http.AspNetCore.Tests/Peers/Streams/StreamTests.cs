using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Both servers take and refuse the same frames, and their applications see the same requests in them.</summary>
public sealed class StreamTests
{
    private static readonly Explanation[] Explanations =
    [
        .. CommonExplanations.All,
        new(static difference => difference is { Key: "outcome", Kestrel: ['c', 'o', 'n', 'n', ..], Endless: "reset ProtocolError" or "reset StreamClosed" } or { Key: "next", Kestrel: "closed", Endless: "200" }, "What is wrong with one request ends its stream, and not those beside it (RFC 9113 sections 5.1 and 8.1.1)."),
        new("trailers behind a body that is too short", "next", "The same; Kestrel resets the stream, and then takes the rest of what had come for it as an error of the connection."),
        new("another host as a field", "outcome", "Host confusion: a Host field that disagrees makes a request malformed (RFC 9113 section 8.3.1); Kestrel replaces it."),
        new("no host", "outcome", "A request of http has a host (RFC 9113 section 8.3.1), as both servers demand over HTTP/1.1."),
        new("an empty authority", "outcome", "The same."),
        new("an authority with a*", "outcome", "Both refuse it; by a status, as over HTTP/1.1."),
        new("another scheme", "outcome", "The same: 421, as for a target of https over HTTP/1.1 (RFC 9110 section 7.4)."),
        new("a path with a space", "outcome", "A path has no spaces (RFC 9113 section 8.3.1, RFC 3986 section 3.3)."),
        new("a name with a*", "outcome", "Request smuggling: a proxy may send what is no name on over HTTP/1.1 (RFC 9113 section 8.2.1)."),
        new("a value with a*", "outcome", "The same of values (RFC 9113 section 8.2.1)."),
        .. new[] { "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" }.Select(static name => new Explanation(name, "outcome", "The same: a field of the connection makes a request malformed (RFC 9113 section 8.2.2); Kestrel knows Connection alone.")),
        new("a field of 40 KB", "outcome", "What the path leaves of MaxRequestLineSize counts for the fields too: 40 KiB together. Kestrel ends the connection by COMPRESSION_ERROR where a single field is over 32 KiB."),
        new("DATA behind the end", "*", "The request is complete and may be answered before the frame too many is read; the stream alone is its price (RFC 9113 section 5.1)."),
        new("a field of 50 KB", "outcome", "The client is told, by 431."),
    ];

    [Fact]
    public Task Heads_are_taken_and_refused_alike() => CompareAsync(StreamCases.Heads);

    [Fact]
    public Task Bodies_and_trailers_are_taken_and_refused_alike() => CompareAsync(StreamCases.Bodies);

    private static async Task CompareAsync(IReadOnlyList<StreamCase> cases)
    {
        await using var servers = await TwoServers.StartAsync(null, static application => application.Run(TellAsync));
        var differences = new List<Difference>();
        foreach (var one in cases)
        {
            var found = await servers.CompareAsync(one.Name, peer => AskAsync(peer, one));
            // Of a request that only one of them serves there is nothing else to compare.
            differences.AddRange(found.Any(static difference => difference.Key == "outcome") ? found.Where(static difference => difference.Key is "outcome" or "next") : found);
        }
        Explanation.AssertAll(differences, Explanations);
    }

    private static async Task<Observation> AskAsync(Peer peer, StreamCase one)
    {
        using var client = await FrameClient.ConnectAsync(peer.Http2);
        var seen = new Observation();
        one.Write(client);
        await client.SendAsync();
        var (outcome, response) = await client.ReadAsync(one.Answered);
        seen.Add("outcome", outcome);
        if (outcome == "200")
        {
            foreach (var (name, value) in response.Sections.SelectMany(static section => section))
                if (name is not ("date" or "content-length")) seen.Add(name, value);
            seen.AddText(response.Text);
        }
        // Whether the connection is good for another one.
        client.Head(5, [(":method", "GET"), (":scheme", "http"), (":path", "/next"), (":authority", "peer")]);
        await client.SendAsync();
        seen.Add("next", (await client.ReadAsync(5)).Outcome);
        return seen;
    }

    /// <summary>Answers with what it sees of its request.</summary>
    private static async Task TellAsync(HttpContext context)
    {
        var seen = new Observation();
        var request = context.Request;
        seen.Add("method", request.Method);
        seen.Add("path", request.Path.Value);
        seen.Add("host", request.Host.Value);
        seen.Add("scheme", request.Scheme);
        foreach (var (name, values) in request.Headers.OrderBy(static header => header.Key, StringComparer.OrdinalIgnoreCase))
            seen.Add("header " + name.ToLowerInvariant(), string.Join('|', values.Select(static value => value is { Length: > 100 } ? $"{value.Length} characters" : value)));
        var body = new MemoryStream();
        await seen.TryAsync("read", () => request.Body.CopyToAsync(body));
        seen.Add("body", Encoding.Latin1.GetString(body.ToArray()));
        seen.Add("trailers", $"{request.SupportsTrailers()} {request.CheckTrailersAvailable()}");
        seen.Try("trailer x-t", () => request.GetTrailer("X-T"));
        seen.Try("trailer x-u", () => request.GetTrailer("x-u"));
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(seen.ToString()), context.RequestAborted);
    }
}
