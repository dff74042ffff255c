using System.IO.Compression;
using System.Text.RegularExpressions;
using Endless.Http.Tests.Processes;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>One application with most middlewares on answers requests over both protocols alike on both servers.</summary>
public sealed partial class ConformanceTests : IDisposable
{
    private static readonly Explanation[] Explanations =
    [
        .. CommonExplanations.All,
        new(static difference => difference.Case.StartsWith("HEAD ", StringComparison.Ordinal) && difference is { Key: "body", Endless: "" }, "Kestrel sends a body for HEAD on a stream."),
        new("POST /small*", "header connection", "What is left of a small body is read, and the connection kept."),
        new(static difference => difference.Case.Contains(" HTTP/1.0", StringComparison.Ordinal) && difference is { Key: "framing", Kestrel: "close", Endless: "length" }, "The length of a body that was written whole is told."),
        new("GET / HTTP/1.0\r\nConnection: keep-alive*", "*", "With its length told the connection can be kept."),
        new("GET / HTTP/1.1\r\nHost:\r\n*", "*", "A URI of http has a host (RFC 9110 section 4.2.1)."),
        new("GET / http/1.1*", "status", "It is no version that is not supported, but no version at all."),
    ];

    private readonly TempDirectory _files = new();

    public ConformanceTests() => ConformanceApplication.WriteFiles(_files.Path);

    [Fact]
    public void There_are_enough_requests()
    {
        Assert.InRange(ConformanceRequest.All.Count + RawRequests.Right.Count + RawRequests.Wrong.Count, 150, int.MaxValue);
    }

    [Fact]
    public async Task Requests_over_HTTP_1_are_answered_alike()
    {
        await using var servers = await StartAsync();
        var differences = new List<Difference>();
        foreach (var request in ConformanceRequest.All) differences.AddRange(await servers.CompareAsync(request.ToString(), peer => AskAsync(peer, request)));
        Explanation.AssertAll(differences, Explanations);
    }

    [Fact]
    public async Task Requests_over_HTTP_2_are_answered_alike()
    {
        await using var servers = await StartAsync();
        var differences = new List<Difference>();
        using var kestrel = new PriorKnowledgeClient(servers.Kestrel.Http2);
        using var endless = new PriorKnowledgeClient(servers.Endless.Http2);
        foreach (var request in ConformanceRequest.All)
        {
            differences.AddRange(await servers.CompareAsync(request.ToString(), async peer =>
            {
                var client = peer == servers.Kestrel ? kestrel : endless;
                using var message = client.Request(request.Method, request.Target, [("Host", "peer"), .. request.Headers]);
                if (request.Bytes is { } body)
                {
                    message.Content = new ByteArrayContent(body);
                    foreach (var (name, value) in request.Headers) message.Content.Headers.TryAddWithoutValidation(name, value);
                }
                return Normal(await client.SendAsync(message));
            }));
        }
        Explanation.AssertAll(differences, Explanations);
    }

    [Fact]
    public async Task Raw_requests_are_answered_alike()
    {
        await using var servers = await StartAsync();
        var differences = new List<Difference>();
        foreach (var request in RawRequests.Right)
        {
            differences.AddRange(await servers.CompareAsync(Short(request), async peer =>
            {
                using var client = await RawClient.ConnectAsync(peer.Http1);
                await client.SendAsync(request);
                var observation = new Observation();
                // A pipelined request is the second one; where there is none, it tells whether the connection is kept.
                if (request.IndexOf("GET /json", 1, StringComparison.Ordinal) < 0) await client.SendAsync("GET /json HTTP/1.1\r\nHost: peer\r\n\r\n");
                observation.AddAll(Normal(await client.ReadAsync(request.StartsWith("HEAD", StringComparison.Ordinal))));
                observation.AddAll(Normal(await client.ReadAsync()), "second: ");
                return observation;
            }));
        }
        Explanation.AssertAll(differences, Explanations);
    }

    [Fact]
    public async Task Wrong_requests_are_refused_alike()
    {
        await using var servers = await StartAsync();
        var differences = new List<Difference>();
        foreach (var request in RawRequests.Wrong)
        {
            differences.AddRange(await servers.CompareAsync(Short(request), async peer =>
            {
                using var client = await RawClient.ConnectAsync(peer.Http1);
                await client.SendAsync(request);
                var answer = await client.ReadAsync();
                var observation = new Observation();
                observation.Add("status", answer.Status);
                observation.Add("then", answer.Fault ?? ((await client.ReadAsync()).Fault ?? "open"));
                return observation;
            }));
        }
        Explanation.AssertAll(differences, Explanations);
    }

    public void Dispose() => _files.Dispose();

    private static async Task<Observation> AskAsync(Peer peer, ConformanceRequest request)
    {
        using var client = await RawClient.ConnectAsync(peer.Http1);
        var headers = request.Headers.ToList();
        if (!headers.Exists(static header => header.Name == "Host")) headers.Insert(0, ("Host", "peer"));
        if (request.Bytes is { } body) headers.Add(("Content-Length", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await client.SendAsync($"{request.Method} {request.Target} HTTP/1.1\r\n{string.Concat(headers.Select(static header => $"{header.Name}: {header.Value}\r\n"))}\r\n{request.Body}");
        return Normal(await client.ReadAsync(request.Method == "HEAD"));
    }

    /// <summary>Without what is new each time.</summary>
    private static Observation Normal(Answer answer)
    {
        for (var index = 0; index < answer.Headers.Count; index++)
        {
            var (name, value) = answer.Headers[index];
            if (name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) answer.Headers[index] = (name, Secret().Replace(value, "secret"));
            if (name.Equals("Age", StringComparison.OrdinalIgnoreCase)) answer.Headers[index] = (name, "an age");
        }
        // Into how many blocks a compressed stream is flushed is chance.
        if (answer is { Fault: null, Body.Length: > 0 } && answer.Header("Content-Encoding") == "gzip") answer.Body = Decompress(answer.Body);
        return answer.Observe();
    }

    private static byte[] Decompress(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    private static string Short(string request) => request.Length > 120 ? request[..120] + $"... ({request.Length})" : request;

    private Task<TwoServers> StartAsync() => TwoServers.StartAsync(ConformanceApplication.Configure, new ConformanceApplication(_files.Path).Build);

    [GeneratedRegex("(CfDJ8|[A-Za-z0-9_-]{40})[A-Za-z0-9_%-]*")]
    private static partial Regex Secret();
}
