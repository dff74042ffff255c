namespace Endless.Http.Semantics;

/// <summary>Reasons for which a request of either version is refused although it is well formed. Texts name the rule, never what the client sent.</summary>
internal static class Rejections
{
    public static readonly Rejection BodyUnreadable = new(400, "the request's body cannot be read");
    public static readonly Rejection Timeout = new(408, "the request took too long to arrive");
    public static readonly Rejection BodyTooSlow = new(408, "the request's body arrived too slowly");
    public static readonly Rejection BodyTooLarge = new(413, "the request's body is too large");
    public static readonly Rejection TargetTooLong = new(414, "the request target is too long");
    public static readonly Rejection Expectation = new(417, "an expectation other than 100-continue");

    /// <summary>RFC 9110 section 7.4: an https resource is asked for over a secured connection, or not at all.</summary>
    public static readonly Rejection Misdirected = new(421, "an https target on a connection without TLS");
    public static readonly Rejection HeaderTooLarge = new(431, "the header section is too large");
    public static readonly Rejection Overloaded = new(503, "the server holds as much for its clients as it can");
    public static readonly Rejection HandlerFailed = new(500, "the server's handler failed");

    /// <summary>What a handler's failure to read its body is answered with.</summary>
    public static Rejection Of(RequestBodyException failure) => failure.StatusCode switch
    {
        408 => Timeout,
        413 => BodyTooLarge,
        _ => BodyUnreadable,
    };

    /// <summary>What a handler asked for by an exception. Log injection: what it repeats of a request is kept to one line.</summary>
    public static Rejection Of(HttpErrorException failure)
    {
        var reason = failure.Message;
        if (reason.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0) reason = string.Create(reason.Length, reason, (line, text) => { for (var i = 0; i < line.Length; i++) line[i] = text[i] < ' ' ? ' ' : text[i]; });
        return new Rejection(failure.StatusCode, reason);
    }

    /// <summary>The status that a handler's failure is answered with as long as nothing was sent.</summary>
    public static int StatusOf(Exception failure) => failure switch
    {
        HttpErrorException error => error.StatusCode,
        RequestBodyException body => body.StatusCode,
        _ => HandlerFailed.Status,
    };
}
