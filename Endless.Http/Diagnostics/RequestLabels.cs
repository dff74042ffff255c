using System.Diagnostics;
using System.Globalization;

namespace Endless.Http.Diagnostics;

/// <summary>What is counted together: requests that differ in nothing a label says.</summary>
/// <param name="Method">One that RFC 9110 or RFC 5789 knows, else <c>_OTHER</c>: a client must not make labels.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Protocol"><c>HTTP/1.1</c>, ...</param>
/// <param name="Status">The response's status.</param>
/// <param name="Pattern">The mux's pattern that led to the handler; empty without one.</param>
internal readonly record struct RequestLabels(string Method, string Scheme, string Protocol, int Status, string Pattern)
{
    /// <summary>The route of <see cref="Pattern"/>: without its method. Empty without one.</summary>
    internal string Route => RouteOf(Pattern);

    /// <summary>As OpenTelemetry names it: <c>1.1</c>, <c>2</c>.</summary>
    internal string ProtocolVersion => VersionOf(Protocol);

    /// <summary>All of them as the attributes that OpenTelemetry's HTTP conventions name.</summary>
    internal TagList Attributes
    {
        get
        {
            var attributes = new TagList
            {
                { "http.request.method", Method },
                { "http.response.status_code", Status },
                { "network.protocol.version", ProtocolVersion },
                { "url.scheme", Scheme },
            };
            if (Route is { Length: > 0 } route) attributes.Add("http.route", route);
            if (Status >= 500) attributes.Add("error.type", Status.ToString(CultureInfo.InvariantCulture));
            return attributes;
        }
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
