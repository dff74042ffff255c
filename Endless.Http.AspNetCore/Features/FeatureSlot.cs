using System.Collections.Frozen;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Features;

/// <summary>The features that have a place of their own in a collection, so that getting one searches nothing and setting one allocates a single array.</summary>
internal static class FeatureSlot
{
    /// <summary>No place of its own: kept in a dictionary.</summary>
    public const int None = -1;

    private static readonly Type[] Types =
    [
        // Of every request.
        typeof(IHttpRequestFeature), typeof(IHttpResponseFeature), typeof(IHttpResponseBodyFeature), typeof(IRequestBodyPipeFeature), typeof(IHttpRequestBodyDetectionFeature), typeof(IHttpConnectionFeature),
        typeof(IHttpRequestLifetimeFeature), typeof(IHttpRequestIdentifierFeature), typeof(IHttpRequestTrailersFeature), typeof(IHttpMaxRequestBodySizeFeature), typeof(IHttpBodyControlFeature),
        typeof(IHttpUpgradeFeature), typeof(IHttpExtendedConnectFeature), typeof(IHttpMinRequestBodyDataRateFeature), typeof(IEndpointFeature), typeof(IRouteValuesFeature), typeof(IBadRequestExceptionFeature),
        typeof(IPersistentStateFeature),
        // Of HTTP/1.1 alone.
        typeof(IHttpMinResponseDataRateFeature),
        // Of HTTP/2 alone.
        typeof(IHttpResponseTrailersFeature), typeof(IHttpResetFeature), typeof(IHttp2StreamIdFeature),
        // Set by ASP.NET Core for nearly every request.
        typeof(IServiceProvidersFeature), typeof(IItemsFeature), typeof(IQueryFeature), typeof(IFormFeature), typeof(IRequestCookiesFeature), typeof(IResponseCookiesFeature), typeof(IHttpAuthenticationFeature),
        typeof(ISessionFeature), typeof(IHttpActivityFeature), typeof(IHttpMetricsTagsFeature),
    ];

    private static readonly FrozenDictionary<Type, int> Places = Types.Index().ToFrozenDictionary(static place => place.Item, static place => place.Index);

    private static readonly int OwnToBoth = Array.IndexOf(Types, typeof(IPersistentStateFeature)) + 1;
    private static readonly int OwnToHttp1 = Array.IndexOf(Types, typeof(IHttpMinResponseDataRateFeature)) + 1;
    private static readonly int OwnToHttp2 = Array.IndexOf(Types, typeof(IHttp2StreamIdFeature)) + 1;

    /// <summary>Places in all.</summary>
    public static int Count => Types.Length;

    /// <summary>The place of a feature.</summary>
    public static int Of(Type type) => Places.GetValueOrDefault(type, None);

    /// <summary>The feature at a place.</summary>
    public static Type TypeOf(int place) => Types[place];

    /// <summary>Whether the request itself is the feature at a place.</summary>
    public static bool IsOwn(int place, bool isHttp2) => place < OwnToBoth || (isHttp2 ? place >= OwnToHttp1 && place < OwnToHttp2 : place < OwnToHttp1);

    /// <summary>The place of a type that is known to the compiler: looked up once.</summary>
    public static class For<TFeature>
    {
        /// <inheritdoc cref="Of"/>
        public static readonly int Place = Of(typeof(TFeature));
    }
}
