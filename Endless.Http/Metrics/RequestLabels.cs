using System.Globalization;

namespace Endless.Http.Metrics;

/// <summary>What is counted together: requests that differ in nothing a label says.</summary>
/// <param name="Method">One that RFC 9110 or RFC 5789 knows, else <c>_OTHER</c>: a client must not make labels.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Protocol"><c>HTTP/1.1</c>, ...</param>
/// <param name="Status">The response's status.</param>
/// <param name="Pattern">The mux's pattern that led to the handler; empty without one.</param>
internal readonly record struct RequestLabels(string Method, string Scheme, string Protocol, int Status, string Pattern)
{
    /// <summary>As many attributes as there can be.</summary>
    internal const int MaxAttributes = 6;

    /// <summary>The route of <see cref="Pattern"/>: without its method. Empty without one.</summary>
    internal string Route => RouteOf(Pattern);

    /// <summary>As OpenTelemetry names it: <c>1.1</c>, <c>2</c>.</summary>
    internal string ProtocolVersion => VersionOf(Protocol);

    /// <summary>Writes all of them as the attributes that OpenTelemetry's HTTP conventions name, and returns those written.</summary>
    /// <param name="room">For <see cref="MaxAttributes"/>. Not a <c>TagList</c>, which is of the <see cref="DiagnosticsLibrary"/>.</param>
    internal ReadOnlySpan<KeyValuePair<string, object?>> Write(Span<KeyValuePair<string, object?>> room)
    {
        var count = 0;
        room[count++] = new("http.request.method", Method);
        room[count++] = new("http.response.status_code", Status);
        room[count++] = new("network.protocol.version", ProtocolVersion);
        room[count++] = new("url.scheme", Scheme);
        if (Route is { Length: > 0 } route) room[count++] = new("http.route", route);
        if (Status >= 500) room[count++] = new("error.type", Status.ToString(CultureInfo.InvariantCulture));
        return room[..count];
    }

    /// <inheritdoc cref="Route"/>
    internal static string RouteOf(string pattern) => pattern.IndexOf(' ') is >= 0 and var space ? pattern[(space + 1)..] : pattern;

    /// <inheritdoc cref="ProtocolVersion"/>
    internal static string VersionOf(string protocol) => protocol switch
    {
        "HTTP/1.1" => "1.1",
        "HTTP/2.0" => "2",
        "HTTP/1.0" => "1.0",
        _ => protocol,
    };
}
