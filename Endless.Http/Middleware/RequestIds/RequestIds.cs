namespace Endless.Http;

/// <summary>The identifiers that <see cref="Middleware.RequestId"/> gives.</summary>
public static class RequestIds
{
    /// <summary>Its key in <see cref="Request.Values"/>.</summary>
    internal const string Key = "RequestId";

    /// <summary>The identifier of a request; null where the middleware is not used. Also when the request is over.</summary>
    public static string? RequestId(this Request r)
    {
        ArgumentNullException.ThrowIfNull(r);
        return r.FindValue(Key) as string;
    }
}
