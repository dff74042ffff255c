using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Every feature that Kestrel offers a request is there on Endless.Http and says the same.</summary>
public sealed class FeatureTests
{
    internal static readonly string[] Reports = ["present", "values", "request", "response", "connection", "limits", "collection"];

    private static readonly string[] Targets =
    [
        "/", "/a/b?x=1", "/a%20b", "/a%2Fb", "/a%2fb", "/%C3%A9", "/%41bc", "/a/../b", "/a/./b", "/a//b", "//a", "/..", "/../..", "/a/..", "/a/.", "/%2e%2e/x", "/a%2e%2e/b", "/?", "/?a", "/a?b?c", "/a?b#c",
        "/+a", "/a;b=c", "/a:b", "/@", "/a,b", "/~a", "/a*b", "/a=b&c", "/a!$'()b", "/%25", "/%2525", "/%5C", "/%7B%7D", "/%E4%BD%A0%E5%A5%BD", "/%FF", "/a%c3%a9?%c3%a9=%20+", "/a?x=%zz", "/[a]", "/{a}", "/|", "/\"", "/%2",
        "/%zz", "/%", "/%00", "/a%00b", "/a?%00", "/long/" + "abcdefghij/abcdefghij/abcdefghij/abcdefghij/abcdefghij/abcdefghij/abcdefghij/abcdefghij/abcdefghij/",
    ];

    /// <summary>Targets that only a head of HTTP/1.1 can hold.</summary>
    private static readonly string[] OddTargets =
    [
        "http://peer/a?b=c", "http://peer", "http://peer/", "http://peer?q", "http://peer:81/a", "http://other/a", "http://user@peer/a", "HTTP://peer/a%20b/../c", "http:///a", "a", "a/b", "?a", "", "\\a", "/a\\b", "/\u00e9", "/\u00c3\u00a9", "/a b", "/\t", "/\u007f", "https://peer/a", "ftp://peer/a", "peer:80",
    ];

    internal static readonly Explanation[] Explanations =
    [
        .. CommonExplanations.All,
        new("*", "enumerated Microsoft.AspNetCore.Http.Features.IHttpWebTransportFeature", "Only of HTTP/3."),
        new("*", "IHttpWebTransportFeature.IsWebTransportRequest", "Only of HTTP/3."),
        new("*", "asked IConnectionTransportFeature", "A connection's bytes are the engine's, which may hand it to the next generation: whoever read them beside it would lose some."),
        new("*", "asked IConnectionSocketFeature", "The same: the engine's descriptor has no Socket object."),
        new("response*", "header *", "Kestrel drops headers that were replaced by a dictionary of another kind; ours are sent."),
        new("target http://other/a", "*", "Kestrel refuses another host than the Host field's; here the target's is the request's (RFC 9112 section 3.2.2)."),
        new("target http://peer:81/a", "*", "The same."),
        new("target HTTP://peer/a%20b/../c", "*", "Kestrel takes a scheme in lower case only."),
        new("target http://user@peer/a", "*", "User information in a target is refused (RFC 9110 section 4.2.4)."),
        new("target https://peer/a", "*", "A request for another scheme is misdirected (RFC 9110 section 7.4)."),
        new("target /a?b#c", "*", "A target has no fragment (RFC 9112 section 3.2)."),
        new("target /\t", "*", "Control characters are refused."),
        new("target /\u007f", "*", "Control characters are refused."),
        new("target /%2", "*", "What looks encoded and is not is refused."),
        new("target /%zz", "*", "The same."),
        new("target /%", "*", "The same."),
        new("target a", "status", "Each refuses it by a status of its own."),
        new("target peer:80", "status", "The same."),
        new("GET *", "status", "The same."),
        new("CONNECT /", "status", "Kestrel fails by an exception of its own."),
        new("CONNECT peer", "status", "The same."),
        new(static difference => difference.Case.Contains("Expect: 100-continue", StringComparison.Ordinal) && difference is { Key: "header connection", Kestrel: null, Endless: "close" }, "A client that may not send its body cannot be told apart from one that does; the connection ends. Kestrel reads on."),
        new("values of an upload", "IHttpRequestTrailersFeature.*", "The end of a stream's upload may or may not be there when the application asks."),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Both_servers_offer_the_same_features(int version)
    {
        await using var servers = await TwoServers.StartAsync(null, Build);
        var differences = new List<Difference>();
        foreach (var report in Reports)
        {
            differences.AddRange(await servers.CompareAsync(report, peer => AskAsync(peer, version, "GET", "/report/" + report)));
            differences.AddRange(await servers.CompareAsync(report + " of an upload", peer => AskAsync(peer, version, "POST", "/report/" + report, "hello")));
        }
        Explanation.AssertAll(differences, Explanations);
    }

    [Fact]
    public async Task Both_servers_read_targets_the_same()
    {
        await using var servers = await TwoServers.StartAsync(null, Build);
        var differences = new List<Difference>();
        foreach (var target in Targets.Concat(OddTargets)) differences.AddRange(await servers.CompareAsync("target " + target, peer => AskAsync(peer, 1, "GET", target)));
        foreach (var (method, target) in new[] { ("OPTIONS", "*"), ("OPTIONS", "/"), ("GET", "*"), ("CONNECT", "/"), ("CONNECT", "peer"), ("CUSTOM", "/a"), ("get", "/a"), ("HEAD", "/a"), ("TRACE", "/a"), ("DELETE", "/a"), ("QUERY", "/a"), ("PROPFIND", "/a"), ("G=T", "/a"), ("", "/a") })
        {
            differences.AddRange(await servers.CompareAsync($"{method} {target}", peer => AskAsync(peer, 1, method, target)));
        }
        Explanation.AssertAll(differences, Explanations);
    }

    [Fact]
    public async Task Both_servers_read_targets_of_streams_the_same()
    {
        await using var servers = await TwoServers.StartAsync(null, Build);
        var differences = new List<Difference>();
        foreach (var target in Targets.Where(static target => !target.Contains('#'))) differences.AddRange(await servers.CompareAsync("target " + target, peer => AskAsync(peer, 2, "GET", target)));
        foreach (var method in new[] { "OPTIONS", "CUSTOM", "HEAD", "TRACE", "DELETE", "QUERY", "get" }) differences.AddRange(await servers.CompareAsync(method, peer => AskAsync(peer, 2, method, "/a")));
        Explanation.AssertAll(differences, Explanations);
    }

    /// <summary>aws/aws-lambda-dotnet#1854: minimal APIs and [FromBody] ask whether there can be a body.</summary>
    [Fact]
    public async Task Both_servers_say_the_same_of_whether_there_can_be_a_body()
    {
        await using var servers = await TwoServers.StartAsync(null, Build);
        var differences = new List<Difference>();
        foreach (var method in new[] { "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH" })
        {
            foreach (var fields in new[] { "", "Content-Length: 0\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\nContent-Length: 5\r\n", "Connection: Upgrade\r\nUpgrade: x\r\n", "Connection: Upgrade\r\nUpgrade: x\r\nContent-Length: 5\r\n" })
            {
                var body = fields.Contains("chunked", StringComparison.Ordinal) ? "5\r\nhello\r\n0\r\n\r\n" : fields.Contains(": 5", StringComparison.Ordinal) ? "hello" : "";
                differences.AddRange(await servers.CompareAsync($"{method} {fields}", async peer =>
                {
                    using var client = await RawClient.ConnectAsync(peer.Http1);
                    await client.SendAsync($"{method} /report/body HTTP/1.1\r\nHost: peer\r\n{fields}\r\n{body}");
                    return (await client.ReadAsync(method == "HEAD")).Observe();
                }));
            }
            foreach (var length in new int?[] { null, 5, -5 })
            {
                differences.AddRange(await servers.CompareAsync($"{method} of HTTP/2 with a body of {length}", async peer =>
                {
                    using var client = new PriorKnowledgeClient(peer.Http2);
                    using var request = client.Request(method, "/report/body");
                    if (length is { } count) request.Content = count < 0 ? new StreamContent(new MemoryStream(new byte[-count])) : new ByteArrayContent(new byte[count]);
                    return (await client.SendAsync(request)).Observe();
                }));
            }
        }
        Explanation.AssertAll(differences, Explanations);
    }

    [Fact]
    public async Task A_comparison_of_Kestrel_with_itself_shows_no_difference()
    {
        await using var servers = await TwoServers.StartAsync(null, Build, ServerKind.Kestrel);
        foreach (var report in Reports) Assert.Empty(await servers.CompareAsync(report, peer => AskAsync(peer, 1, "GET", "/report/" + report)));
    }

    [Fact]
    public async Task A_comparison_with_a_broken_server_shows_what_is_broken()
    {
        var started = 0;
        await using var servers = await TwoServers.StartAsync(null, application =>
        {
            var broken = started++ > 0;
            application.Use((context, next) =>
            {
                if (broken)
                {
                    context.Features.Set<IHttpRequestBodyDetectionFeature>(null);
                    if (context.Request.Path == "/a") context.Request.Path = "/ax";
                }
                return next(context);
            });
            Build(application);
        }, ServerKind.Kestrel);
        var differences = await servers.CompareAsync("present", static peer => AskAsync(peer, 1, "GET", "/report/present"));
        Assert.Contains(differences, static difference => difference is { Key: "asked IHttpRequestBodyDetectionFeature", Kestrel: "present", Endless: "absent" });
        Assert.Contains(await servers.CompareAsync("path", static peer => AskAsync(peer, 1, "GET", "/a")), static difference => difference is { Key: "path", Kestrel: "/a", Endless: "/ax" });
    }

    private static async Task<Observation> AskAsync(Peer peer, int version, string method, string target, string? body = null)
    {
        Answer answer;
        if (version == 1)
        {
            using var client = await RawClient.ConnectAsync(peer.Http1);
            var length = body is null ? "" : $"Content-Length: {body.Length}\r\n";
            await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: peer\r\nUser-Agent: peer\r\nX-Two: 1\r\nX-Two: 2\r\n{length}\r\n{body}");
            answer = await client.ReadAsync(method == "HEAD");
        }
        else
        {
            using var client = new PriorKnowledgeClient(peer.Http2);
            using var request = client.Request(method, target, ("Host", "peer"), ("X-Two", "1"), ("X-Two", "2"));
            if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            answer = await client.SendAsync(request);
        }
        return Read(answer);
    }

    /// <summary>The answer's own lines, and those of the report in it.</summary>
    internal static Observation Read(Answer answer)
    {
        if (answer is { Status: >= 400, Fault: null })
        {
            // How a refusal is worded is each server's own business.
            var refusal = new Observation();
            refusal.Add("status", answer.Status);
            return refusal;
        }
        var isReport = answer is { Status: 200 or 299, Fault: null };
        // A report that differs may have another length; that says nothing more.
        if (isReport) answer.Headers.RemoveAll(static header => header.Name == "Content-Length");
        var observation = answer.Observe(body: !isReport);
        if (isReport) observation.AddText(answer.Text);
        return observation;
    }

    internal static void Build(WebApplication application) => application.Use(static (HttpContext context, RequestDelegate _) =>
    {
        var report = new Observation();
        var path = context.Request.Path.Value ?? "";
        // The head's fields, before anything changes them.
        var response = context.Response.Body;
        switch (path)
        {
            case "/report/present": FeatureReport.Present(context, report); break;
            case "/report/values": FeatureReport.Values(context, report); break;
            case "/report/request": FeatureChanges.Request(context, report); break;
            case "/report/response": FeatureChanges.Response(context, report); break;
            case "/report/connection": FeatureChanges.Connection(context, report); break;
            case "/report/limits": FeatureChanges.Limits(context, report); break;
            case "/report/collection": FeatureChanges.Collection(context, report); break;
            case "/report/body": Body(context, report); break;
            default: Target(context, report); break;
        }
        var bytes = Encoding.UTF8.GetBytes(report.ToString());
        context.Response.ContentLength = bytes.Length;
        return response.WriteAsync(bytes).AsTask();
    });

    private static void Body(HttpContext context, Observation report)
    {
        report.Add("can have a body", context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody);
        report.Add("length", context.Request.ContentLength);
        report.Add("body", context.Request.Body == Stream.Null ? "null stream" : "a stream");
        report.Add("upgradable", context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest);
        // On HEAD there is no body to tell it.
        context.Response.Headers["X-Report"] = report.ToString().Replace('\n', ';');
    }

    private static void Target(HttpContext context, Observation report)
    {
        var request = context.Request;
        report.Add("method", request.Method);
        report.Add("path", request.Path.Value);
        report.Add("path base", request.PathBase.Value);
        report.Add("query", request.QueryString.Value);
        report.Add("raw target", context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        report.Add("scheme", request.Scheme);
        report.Add("protocol", request.Protocol);
        report.Add("host", request.Host);
        report.Add("display url", request.GetDisplayUrl());
        foreach (var (name, values) in request.Headers.OrderBy(static header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase)) report.Add("header " + (context.Request.Protocol == "HTTP/2" ? name.ToLowerInvariant() : name), string.Join('|', values.ToArray()));
        }
        report.Add("query parsed", string.Join('&', request.Query.Select(static pair => $"{pair.Key}={pair.Value}")));
    }
}
