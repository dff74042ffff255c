using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Request lines of other versions, and heads at the limits, over HTTP/1.1: both servers take and refuse them alike.</summary>
public sealed class HeadTests
{
    private static readonly (string Name, string Head)[] Heads =
    [
        .. new[] { "HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/1.9", "HTTP/1.10", "HTTP/01.1", "HTTP/1", "HTTP/0.9", "HTTP/2.0", "HTTP/2", "HTTP/3.0", "HTTP/3", "http/1.1", "HTTP/1.1 ", "HTTPS/1.1", "" }.Select(static version => (version, $"GET / {version}\r\nHost: peer\r\n\r\n")),
        ("no version", "GET /\r\nHost: peer\r\n\r\n"),
        .. new[] { 7_000, 8_170, 8_300, 20_000 }.Select(static length => ($"a target of {length} bytes", $"GET /{new string('a', length)} HTTP/1.1\r\nHost: peer\r\n\r\n")),
        .. new[] { 30_000, 32_500, 40_000, 50_000 }.Select(static length => ($"a field of {length} bytes", $"GET / HTTP/1.1\r\nHost: peer\r\nX-A: {new string('a', length)}\r\n\r\n")),
        .. new[] { 30, 40, 50 }.Select(static count => ($"{count} fields of 1 KB", $"GET / HTTP/1.1\r\nHost: peer\r\n{Fields(count, 1000)}\r\n")),
        .. new[] { 90, 99, 100, 120 }.Select(static count => ($"{count} fields", $"GET / HTTP/1.1\r\nHost: peer\r\n{Fields(count, 1)}\r\n")),
    ];

    private static readonly Explanation[] Explanations =
    [
        .. CommonExplanations.All,
        new("HTTP/1.2", "*", "A later minor version is served as the latest that is known (RFC 9110 section 2.5)."),
        new("HTTP/1.9", "*", "The same."),
        new("http/1.1", "status", "Each refuses it by a status of its own."),
        new("a field of 40000 bytes", "*", "What the target leaves of MaxRequestLineSize counts for the fields too: 40 KiB together."),
        new("40 fields of 1 KB", "*", "The same."),
    ];

    [Fact]
    public async Task Heads_are_taken_and_refused_alike()
    {
        await using var servers = await TwoServers.StartAsync(null, static application => application.Run(static context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Headers.Count}")));
        var differences = new List<Difference>();
        foreach (var (name, head) in Heads) differences.AddRange(await servers.CompareAsync(name, peer => AskAsync(peer, head)));
        Explanation.AssertAll(differences, Explanations);
    }

    private static async Task<Observation> AskAsync(Peer peer, string head)
    {
        using var client = await RawClient.ConnectAsync(peer.Http1);
        await client.SendAsync(head);
        var answer = await client.ReadAsync();
        var seen = new Observation();
        seen.Add("status", answer.Fault ?? answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (answer.Status == 200) seen.Add("text", answer.Text);
        // Whether the connection is good for another one.
        await client.SendAsync("GET / HTTP/1.1\r\nHost: peer\r\n\r\n");
        var next = await client.ReadAsync();
        seen.Add("next", next.Fault ?? $"{next.Status}");
        return seen;
    }

    private static string Fields(int count, int length) => new StringBuilder().AppendJoin("", Enumerable.Range(0, count).Select(number => $"X-{number}: {new string('a', length)}\r\n")).ToString();
}
