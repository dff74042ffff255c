using Endless.Http.Protocols;

namespace Endless.Http.Http2;

/// <summary>Why a well-formed request is refused. What is malformed is not answered but reset (RFC 9113 section 8.1.1).</summary>
internal static class Rejections
{
    public static readonly Rejection HostMissing = new(400, "neither :authority nor Host");
    public static readonly Rejection HostMalformed = new(400, "malformed :authority or Host field");
    public static readonly Rejection BodyUnreadable = new(400, "the request's body cannot be read");
    public static readonly Rejection Timeout = new(408, "the request's body took too long to arrive");
    public static readonly Rejection BodyTooLarge = new(413, "the request's body is too large");
    public static readonly Rejection TargetTooLong = new(414, "the request target is too long");
    public static readonly Rejection Expectation = new(417, "an expectation other than 100-continue");
    public static readonly Rejection HeaderTooLarge = new(431, "the header section is too large");
    public static readonly Rejection HandlerFailed = new(500, "the server's handler failed");

    /// <summary>What a handler's failure to read its body is answered with.</summary>
    public static Rejection Of(RequestBodyException failure) => failure.StatusCode switch
    {
        408 => Timeout,
        413 => BodyTooLarge,
        _ => BodyUnreadable,
    };
}
