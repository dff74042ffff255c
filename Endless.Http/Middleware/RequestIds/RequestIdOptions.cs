namespace Endless.Http;

/// <summary>What <see cref="Middleware.RequestId"/> does. Read when the middleware is made.</summary>
public sealed class RequestIdOptions
{
    /// <summary>The field that has the identifier, of requests and responses; <c>X-Request-Id</c> by default.</summary>
    public string Header
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = "X-Request-Id";

    /// <summary>
    /// Whose identifier is taken over: a proxy's, known by its address, <c>r => proxies.Contains(r.RemoteEndPoint)</c>. Null, the default, for nobody's: anybody could give its requests the identifier of another's. One that is longer than 128
    /// characters, or has others than letters, digits and <c>-._~:/+=@</c>, is never taken.
    /// </summary>
    public Func<Request, bool>? Trust { get; set; }
}
