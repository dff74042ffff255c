using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace Endless.Http.AspNetCore.Headers;

/// <summary>Names as ASP.NET Core writes them. HTTP/2 has them in small letters (RFC 9113 section 8.2), and an application that lists a request's fields sees the same on every version.</summary>
internal static class FieldNames
{
    private static readonly FrozenDictionary<string, string> Names = new[]
    {
        HeaderNames.Accept, HeaderNames.AcceptCharset, HeaderNames.AcceptEncoding, HeaderNames.AcceptLanguage, HeaderNames.AccessControlRequestHeaders, HeaderNames.AccessControlRequestMethod, HeaderNames.Authorization,
        HeaderNames.Baggage, HeaderNames.CacheControl, HeaderNames.Connection, HeaderNames.ContentEncoding, HeaderNames.ContentLanguage, HeaderNames.ContentLength, HeaderNames.ContentLocation, HeaderNames.ContentMD5,
        HeaderNames.ContentRange, HeaderNames.ContentType, HeaderNames.Cookie, HeaderNames.CorrelationContext, HeaderNames.Date, HeaderNames.Expect, HeaderNames.Expires, HeaderNames.From, HeaderNames.GrpcEncoding,
        HeaderNames.GrpcTimeout, HeaderNames.Host, HeaderNames.IfMatch, HeaderNames.IfModifiedSince, HeaderNames.IfNoneMatch, HeaderNames.IfRange, HeaderNames.IfUnmodifiedSince, HeaderNames.KeepAlive, HeaderNames.LastModified,
        HeaderNames.MaxForwards, HeaderNames.Origin, HeaderNames.Pragma, HeaderNames.ProxyAuthorization, HeaderNames.ProxyConnection, HeaderNames.Range, HeaderNames.Referer, HeaderNames.RequestId, HeaderNames.TE,
        HeaderNames.TraceParent, HeaderNames.TraceState, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Translate, HeaderNames.Upgrade, HeaderNames.UpgradeInsecureRequests, HeaderNames.UserAgent,
        HeaderNames.Via, HeaderNames.Warning,
    }.ToFrozenDictionary(static name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A name as it is usually written; as it is where it is none of those.</summary>
    public static string Usual(string name) => Names.GetValueOrDefault(name, name);
}
