namespace Endless.Http;

/// <summary>What a line of an access log looks like.</summary>
public enum AccessLogFormat
{
    /// <summary>The Common Log Format: <c>192.0.2.1 - ada [22/Nov/2025:12:28:42 +0000] "GET /a HTTP/1.1" 200 512</c>.</summary>
    Common,

    /// <summary>Common, then Referer and User-Agent in quotes: what Apache and nginx call combined.</summary>
    Combined,

    /// <summary>Combined, then the duration in microseconds (Apache's <c>%D</c>) and the request's identifier in quotes.</summary>
    Extended,

    /// <summary>A JSON object a line, with everything that is known, the route and whether the response was cut off among it.</summary>
    Json,
}
