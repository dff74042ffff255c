using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Changes what can be changed of features, and of the collection itself.</summary>
internal static class FeatureChanges
{
    public static void Request(HttpContext context, Observation report)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        request.Method = "PATCH";
        request.Path = "/changed path";
        request.PathBase = "/base";
        request.QueryString = "?changed=1";
        request.RawTarget = "/raw";
        request.Scheme = "https";
        request.Protocol = "HTTP/9";
        report.Add("request", $"{request.Method} {request.Path} {request.PathBase} {request.QueryString} {request.RawTarget} {request.Scheme} {request.Protocol}");
        report.Add("request seen by the context", $"{context.Request.Method} {context.Request.Path} {context.Request.PathBase} {context.Request.QueryString} {context.Request.Scheme} {context.Request.Protocol} {context.Request.IsHttps} {context.Request.Query["changed"]}");
        request.Headers["X-Added"] = "yes";
        request.Headers.Host = "changed.example:81";
        report.Add("request header", context.Request.Headers["X-Added"]);
        report.Add("request host", context.Request.Host);
        request.Headers = new HeaderDictionary { ["X-Only"] = "one" };
        report.Add("request headers replaced", string.Join(',', context.Request.Headers.Keys));
        var body = new MemoryStream([1, 2, 3]);
        request.Body = body;
        report.Add("request body replaced", ReferenceEquals(context.Request.Body, body));
        report.Add("reader of the replaced body", context.Request.BodyReader.TryRead(out _));
    }

    public static void Response(HttpContext context, Observation report)
    {
        var response = context.Features.GetRequiredFeature<IHttpResponseFeature>();
        report.Add("status at first", response.StatusCode);
        report.Add("reason at first", response.ReasonPhrase);
        report.Add("started at first", response.HasStarted);
        report.Add("headers at first", string.Join(',', response.Headers.Keys));
        report.Add("content length at first", response.Headers.ContentLength);
        response.StatusCode = 299;
        response.ReasonPhrase = "Quite Fine";
        report.Add("status set", $"{response.StatusCode} {response.ReasonPhrase} {context.Response.StatusCode}");
        // Kestrel never answers where a stream's are replaced.
        if (context.Request.Protocol == "HTTP/1.1") response.Headers = new HeaderDictionary { ["X-Replaced"] = "yes" };
        report.Add("headers replaced", string.Join(',', context.Response.Headers.Keys));
        context.Response.ContentType = "text/plain";
    }

    public static void Connection(HttpContext context, Observation report)
    {
        var connection = context.Features.GetRequiredFeature<IHttpConnectionFeature>();
        var id = connection.ConnectionId;
        connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        connection.RemotePort = 7;
        connection.LocalIpAddress = IPAddress.IPv6Loopback;
        connection.LocalPort = 8;
        report.Add("addresses", $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort} {context.Connection.LocalIpAddress}:{context.Connection.LocalPort}");
        connection.RemoteIpAddress = null;
        report.Add("no remote address", context.Connection.RemoteIpAddress);
        report.Add("same id", id == context.Connection.Id);
        context.Connection.Id = "mine";
        report.Add("id set", connection.ConnectionId);
        context.Features.GetRequiredFeature<IHttpRequestIdentifierFeature>().TraceIdentifier = "traced";
        report.Add("trace identifier set", context.TraceIdentifier);
        using var mine = new CancellationTokenSource();
        context.RequestAborted = mine.Token;
        report.Add("lifetime's token set", context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted == mine.Token);
        mine.Cancel();
        report.Add("aborted by mine", context.RequestAborted.IsCancellationRequested);
        context.RequestAborted = CancellationToken.None;
        if (context.Features.Get<IConnectionItemsFeature>() is { } items)
        {
            items.Items["count"] = items.Items.TryGetValue("count", out var count) ? (int)count! + 1 : 1;
            report.Add("connection's items", items.Items["count"]);
        }
    }

    public static void Limits(HttpContext context, Observation report)
    {
        var size = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        report.Add("size at first", $"{size.MaxRequestBodySize} {size.IsReadOnly}");
        report.Try("negative size", () => size.MaxRequestBodySize = -1);
        report.Try("no size", () =>
        {
            size.MaxRequestBodySize = null;
            return size.MaxRequestBodySize is null ? "none" : "some";
        });
        report.Try("size set", () => size.MaxRequestBodySize = 12);
        var control = context.Features.GetRequiredFeature<IHttpBodyControlFeature>();
        report.Add("synchronous at first", control.AllowSynchronousIO);
        control.AllowSynchronousIO = true;
        report.Add("synchronous set", control.AllowSynchronousIO);
        report.Try("request's data rate set to none", () => context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate ? rate.MinDataRate = null : "absent");
        report.Try("response's data rate set to none", () => context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate ? rate.MinDataRate = null : "absent");
        report.Try("request's trailers", () => context.Request.SupportsTrailers());
        report.Try("response's trailers", () => context.Response.SupportsTrailers());
        report.Try("upgrade", () => context.Features.GetRequiredFeature<IHttpUpgradeFeature>().IsUpgradableRequest);
    }

    /// <summary>aws/aws-lambda-dotnet#596 and #1457: whoever caches a feature by revision must see each set.</summary>
    public static void Collection(HttpContext context, Observation report)
    {
        var features = context.Features;
        Revision<IHttpRequestFeature>(features, report);
        Revision<IHttpResponseFeature>(features, report);
        Revision<IHttpResponseBodyFeature>(features, report);
        Revision<IRequestBodyPipeFeature>(features, report);
        Revision<IHttpRequestBodyDetectionFeature>(features, report);
        Revision<IHttpConnectionFeature>(features, report);
        Revision<IHttpRequestLifetimeFeature>(features, report);
        Revision<IHttpRequestIdentifierFeature>(features, report);
        Revision<IHttpRequestTrailersFeature>(features, report);
        Revision<IHttpMaxRequestBodySizeFeature>(features, report);
        Revision<IHttpBodyControlFeature>(features, report);
        Revision<IHttpUpgradeFeature>(features, report);
        Revision<IEndpointFeature>(features, report);
        Revision<IRouteValuesFeature>(features, report);
        Revision<IConnectionIdFeature>(features, report);
        features.Set(new Marker());
        report.Add("own feature", features.Get<Marker>() is null ? "absent" : "present");
        report.Add("own feature enumerated", features.Any(static pair => pair.Key == typeof(Marker)));
        Revision<Marker>(features, report);
        report.Try("indexed with null", () => features[null!]);
        report.Try("required feature that is absent", () => features.GetRequiredFeature<IServerVariablesFeature>());
        report.Try("unset again", () => features[typeof(IServerVariablesFeature)] = null);
    }

    private static void Revision<TFeature>(IFeatureCollection features, Observation report) where TFeature : class
    {
        var name = typeof(TFeature).Name;
        var feature = features.Get<TFeature>();
        var revision = features.Revision;
        Set(() => features.Set(feature), "set again");
        Set(() => features[typeof(TFeature)] = feature, "set again by index");
        Set(() => features.Set<TFeature>(null), "set null");
        report.Add($"{name} after null", features.Get<TFeature>() is null ? "absent" : "present");
        report.Add($"{name} after null by index", features[typeof(TFeature)] is null ? "absent" : "present");
        report.Add($"{name} enumerated after null", features.Any(static pair => pair.Key == typeof(TFeature)));
        Set(() => features[typeof(TFeature)] = feature, "set back");
        report.Add($"{name} is the same after all", ReferenceEquals(feature, features.Get<TFeature>()));

        void Set(Action set, string what)
        {
            set();
            report.Add($"{name} {what}", features.Revision == revision ? "same revision" : features.Revision > revision ? "later revision" : "earlier revision");
            revision = features.Revision;
        }
    }

    private sealed class Marker;
}
