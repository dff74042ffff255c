using System.Globalization;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Pipeline;

/// <summary>Parts of a request as OpenTelemetry's HTTP conventions want them in a span.</summary>
internal static class SpanText
{
    private const string Redacted = "REDACTED";

    /// <summary>
    /// A query with its keys and without its values. Secrets in traces: signatures, tokens and names are there, and no list of keys is complete; a part without a key may be a token as well. What .NET's own
    /// instrumentation does by default.
    /// </summary>
    public static string WithoutValues(string query)
    {
        var text = new StringBuilder(query.Length);
        foreach (var range in query.AsSpan().Split('&'))
        {
            if (range.Start.Value > 0) text.Append('&');
            var part = query.AsSpan(range);
            var equals = part.IndexOf('=');
            if (!part.IsEmpty) text.Append(part[..(equals + 1)]).Append(Redacted);
        }
        return text.ToString();
    }

    /// <summary>A host without its port, and an IPv6 address without its brackets.</summary>
    /// <param name="host">As in <see cref="Request.Host"/>.</param>
    /// <param name="port">The port; null if there is none.</param>
    public static string NameOf(string host, out int? port)
    {
        var name = Authority.HostOf(host, out var digits);
        port = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return (name is ['[', .. var address, ']'] ? address : name).ToString();
    }
}
