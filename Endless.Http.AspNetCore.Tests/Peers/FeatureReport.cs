using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Which features a request has, and what they say.</summary>
internal static partial class FeatureReport
{
    /// <summary>Features that are only there for who asks.</summary>
    private static readonly (string Name, Func<IFeatureCollection, object?> Get)[] Asked =
    [
        ("IConnectionIdFeature", static features => features.Get<IConnectionIdFeature>()),
        ("IConnectionItemsFeature", static features => features.Get<IConnectionItemsFeature>()),
        ("IConnectionLifetimeFeature", static features => features.Get<IConnectionLifetimeFeature>()),
        ("IConnectionLifetimeNotificationFeature", static features => features.Get<IConnectionLifetimeNotificationFeature>()),
        ("IConnectionTransportFeature", static features => features.Get<IConnectionTransportFeature>()),
        ("IConnectionSocketFeature", static features => features.Get<IConnectionSocketFeature>()),
        ("IConnectionEndPointFeature", static features => features.Get<IConnectionEndPointFeature>()),
        ("IConnectionCompleteFeature", static features => features.Get<IConnectionCompleteFeature>()),
        ("IConnectionHeartbeatFeature", static features => features.Get<IConnectionHeartbeatFeature>()),
        ("IConnectionInherentKeepAliveFeature", static features => features.Get<IConnectionInherentKeepAliveFeature>()),
        ("IMemoryPoolFeature", static features => features.Get<IMemoryPoolFeature>()),
        ("IPersistentStateFeature", static features => features.Get<IPersistentStateFeature>()),
        ("ITlsConnectionFeature", static features => features.Get<ITlsConnectionFeature>()),
        ("ITlsHandshakeFeature", static features => features.Get<ITlsHandshakeFeature>()),
        ("ISslStreamFeature", static features => features.Get<ISslStreamFeature>()),
        ("ITlsApplicationProtocolFeature", static features => features.Get<ITlsApplicationProtocolFeature>()),
        ("ITlsTokenBindingFeature", static features => features.Get<ITlsTokenBindingFeature>()),
        ("IHttpRequestFeature", static features => features.Get<IHttpRequestFeature>()),
        ("IHttpResponseFeature", static features => features.Get<IHttpResponseFeature>()),
        ("IHttpResponseBodyFeature", static features => features.Get<IHttpResponseBodyFeature>()),
        ("IRequestBodyPipeFeature", static features => features.Get<IRequestBodyPipeFeature>()),
        ("IHttpRequestBodyDetectionFeature", static features => features.Get<IHttpRequestBodyDetectionFeature>()),
        ("IHttpConnectionFeature", static features => features.Get<IHttpConnectionFeature>()),
        ("IHttpRequestLifetimeFeature", static features => features.Get<IHttpRequestLifetimeFeature>()),
        ("IHttpRequestIdentifierFeature", static features => features.Get<IHttpRequestIdentifierFeature>()),
        ("IHttpRequestTrailersFeature", static features => features.Get<IHttpRequestTrailersFeature>()),
        ("IHttpResponseTrailersFeature", static features => features.Get<IHttpResponseTrailersFeature>()),
        ("IHttpResetFeature", static features => features.Get<IHttpResetFeature>()),
        ("IHttpMaxRequestBodySizeFeature", static features => features.Get<IHttpMaxRequestBodySizeFeature>()),
        ("IHttpBodyControlFeature", static features => features.Get<IHttpBodyControlFeature>()),
        ("IHttpUpgradeFeature", static features => features.Get<IHttpUpgradeFeature>()),
        ("IHttpExtendedConnectFeature", static features => features.Get<IHttpExtendedConnectFeature>()),
        ("IHttpMinRequestBodyDataRateFeature", static features => features.Get<IHttpMinRequestBodyDataRateFeature>()),
        ("IHttpMinResponseDataRateFeature", static features => features.Get<IHttpMinResponseDataRateFeature>()),
        ("IHttp2StreamIdFeature", static features => features.Get<IHttp2StreamIdFeature>()),
        ("IBadRequestExceptionFeature", static features => features.Get<IBadRequestExceptionFeature>()),
        ("IEndpointFeature", static features => features.Get<IEndpointFeature>()),
        ("IRouteValuesFeature", static features => features.Get<IRouteValuesFeature>()),
        ("ISessionFeature", static features => features.Get<ISessionFeature>()),
        ("IItemsFeature", static features => features.Get<IItemsFeature>()),
        ("IQueryFeature", static features => features.Get<IQueryFeature>()),
        ("IFormFeature", static features => features.Get<IFormFeature>()),
        ("IServerVariablesFeature", static features => features.Get<IServerVariablesFeature>()),
    ];

    public static void Present(HttpContext context, Observation report)
    {
        foreach (var (type, _) in context.Features) report.Add("enumerated " + type.FullName, "present");
        foreach (var (name, get) in Asked) report.Add("asked " + name, get(context.Features) is null ? "absent" : "present");
        report.Add("collection is read-only", context.Features.IsReadOnly);
        report.Add("collection holds the host's context", context.Features.GetType().GetInterfaces().Any(static type => type.Name.StartsWith("IHostContextContainer", StringComparison.Ordinal)));
    }

    public static void Values(HttpContext context, Observation report)
    {
        foreach (var (type, value) in context.Features.ToArray())
        {
            if (type.Namespace!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) && type.IsInterface) ValuesOf(type, value, report);
        }
        foreach (var type in new[] { typeof(IConnectionIdFeature), typeof(IConnectionItemsFeature), typeof(IConnectionLifetimeFeature), typeof(IConnectionLifetimeNotificationFeature), typeof(IConnectionEndPointFeature), typeof(ITlsConnectionFeature), typeof(ITlsHandshakeFeature), typeof(ITlsApplicationProtocolFeature), typeof(IConnectionInherentKeepAliveFeature) })
        {
            if (context.Features[type] is { } value) ValuesOf(type, value, report);
        }
    }

    /// <summary>Of a value that is different each time, its form; of an object, that it is there.</summary>
    private static string Form(string property, object? value) => value switch
    {
        null => "null",
        string id when property.EndsWith("ConnectionId", StringComparison.Ordinal) || property.EndsWith("TraceIdentifier", StringComparison.Ordinal) => Letter().Replace(id, "x"),
        int port when property.EndsWith("Port", StringComparison.Ordinal) => port > 0 ? "a port" : port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        IPEndPoint endpoint => endpoint.Address + ":a port",
        IHeaderDictionary headers => $"{headers.Count} headers, {(headers.IsReadOnly ? "read-only" : "writable")}",
        CancellationToken token => $"can be cancelled {token.CanBeCanceled}, is {token.IsCancellationRequested}",
        ReadOnlyMemory<byte> bytes => System.Text.Encoding.Latin1.GetString(bytes.Span),
        string or bool or long or int or IPAddress or Enum => value.ToString()!,
        Stream stream => $"a stream: read {stream.CanRead}, write {stream.CanWrite}, seek {stream.CanSeek}, timeout {stream.CanTimeout}",
        _ => "an object",
    };

    private static void ValuesOf(Type type, object value, Observation report)
    {
        foreach (var property in type.GetProperties().Where(static property => property.CanRead && property.GetIndexParameters().Length == 0))
        {
            var name = $"{type.Name}.{property.Name}";
            try
            {
                report.Add(name, Form(name, property.GetValue(value)));
            }
            catch (TargetInvocationException exception)
            {
                report.Add(name, $"{exception.InnerException!.GetType().Name}: {exception.InnerException.Message}");
            }
        }
    }

    [GeneratedRegex("[0-9A-Z]")]
    private static partial Regex Letter();
}
