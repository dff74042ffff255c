using System.Collections.Frozen;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Features;

/// <summary>The features that have a place of their own in a collection, so that getting one searches nothing: those that the request is itself, and those that ASP.NET Core sets for nearly every request.</summary>
internal static class FeatureSlot
{
    /// <summary>No place of its own: kept in a dictionary.</summary>
    public const int None = -1;

    private static readonly Type[] Set =
    [
        typeof(IServiceProvidersFeature), typeof(IItemsFeature), typeof(IQueryFeature), typeof(IFormFeature), typeof(IRequestCookiesFeature), typeof(IResponseCookiesFeature), typeof(IHttpAuthenticationFeature),
        typeof(ISessionFeature), typeof(IHttpActivityFeature), typeof(IHttpMetricsTagsFeature),
    ];

    private static readonly Type[] OfBoth =
    [
        typeof(IHttpRequestFeature), typeof(IHttpResponseFeature), typeof(IHttpResponseBodyFeature), typeof(IRequestBodyPipeFeature), typeof(IHttpRequestBodyDetectionFeature), typeof(IHttpConnectionFeature),
        typeof(IHttpRequestLifetimeFeature), typeof(IHttpRequestIdentifierFeature), typeof(IHttpRequestTrailersFeature), typeof(IHttpMaxRequestBodySizeFeature), typeof(IHttpBodyControlFeature),
        typeof(IHttpUpgradeFeature), typeof(IHttpExtendedConnectFeature), typeof(IHttpMinRequestBodyDataRateFeature), typeof(IEndpointFeature), typeof(IRouteValuesFeature), typeof(IBadRequestExceptionFeature),
        typeof(IPersistentStateFeature),
    ];

    private static readonly Type[] OfHttp1 = [typeof(IHttpMinResponseDataRateFeature)];

    private static readonly Type[] OfHttp2 = [typeof(IHttpResponseTrailersFeature), typeof(IHttpResetFeature), typeof(IHttp2StreamIdFeature)];

    private static readonly Type[] All = [.. Set, .. OfBoth, .. OfHttp1, .. OfHttp2];

    private static readonly FrozenDictionary<Type, int> Places = All.Index().ToFrozenDictionary(static place => place.Item, static place => place.Index);

    private static readonly int EndOfBoth = Set.Length + OfBoth.Length;

    private static readonly int EndOfHttp1 = EndOfBoth + OfHttp1.Length;

    /// <summary>Places in all.</summary>
    public static int Count => All.Length;

    /// <summary>Places of features that are set: the first ones.</summary>
    public static int SetCount => Set.Length;

    /// <summary>The place of a feature.</summary>
    public static int Of(Type type) => Places.GetValueOrDefault(type, None);

    /// <summary>The feature at a place.</summary>
    public static Type TypeOf(int place) => All[place];

    /// <summary>Whether the request itself is the feature at a place that is not one of <see cref="SetCount"/>.</summary>
    public static bool IsOwn(int place, bool isHttp2) => place < EndOfBoth || (isHttp2 ? place >= EndOfHttp1 : place < EndOfHttp1);

    /// <summary>The place of a type that is known to the compiler: looked up once.</summary>
    public static class For<TFeature>
    {
        /// <inheritdoc cref="Of"/>
        public static readonly int Place = Of(typeof(TFeature));
    }
}
