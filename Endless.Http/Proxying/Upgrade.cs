using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Proxying;

/// <summary>A request that asks for another protocol on its connection (RFC 9110 section 7.8), such as WebSocket's: over a connection of its own, which becomes one with the client's.</summary>
/// <param name="protocol">What is asked for.</param>
/// <param name="options">Of the proxy.</param>
/// <param name="destination">Where it goes.</param>
internal sealed class Upgrade(string protocol, ReverseProxyOptions options, Destination destination) : IDisposable
{
    private HttpMessageInvoker? _sender;
    private Socket? _socket;

    /// <summary>
    /// The protocol that a client asks for; null for none that is passed on. Tunnel abuse: not HTTP/2 in the clear, with which a client could send requests that no handler here sees (h2c smuggling); not with a
    /// body, whose end and the tunnel's beginning the two sides could see in different places.
    /// </summary>
    public static string? Wanted(Request r)
    {
        if (r.Protocol != "HTTP/1.1" || r.ContentLength != 0 || r.Header["Upgrade"] is not { Length: > 0 } protocol) return null;
        if (r.Header.Values("Upgrade").Count > 1 || !HopByHop.Lists(r.Header.Values("Connection"), "Upgrade")) return null;
        foreach (var one in FieldList.Elements(protocol))
            if (one.StartsWith("h2", StringComparison.OrdinalIgnoreCase) || one.StartsWith("HTTP", StringComparison.OrdinalIgnoreCase)) return null;
        return protocol;
    }

    /// <summary>Where the request is sent.</summary>
    public HttpMessageInvoker Sender => _sender ??= Connector.CreateForUpgrade(options, destination.Socket, socket => _socket = socket);

    /// <summary>Whether a 101 changes to what was asked for.</summary>
    public bool IsAnsweredBy(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Upgrade", out var chosen)) return false;
        // Protocols are listed in descending order of the client's preference; the answer is one, or layers of them.
        foreach (var one in FieldList.Elements(chosen.ToString()))
            if (!FieldList.Has(protocol, one)) return false;
        return true;
    }

    /// <summary>Takes the client's connection over, sends it the 101, and carries bytes until the end.</summary>
    public async Task RunAsync(ResponseWriter w, HttpResponseMessage response)
    {
        var head = Head(response);
        using var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        using var client = w.Hijack();
        client.Output.Write(head);
        var isPlain = destination.Url.Scheme == Uri.UriSchemeHttp;
        await new Tunnel(client, stream, isPlain ? _socket : null, options.IdleTimeout).RunAsync().ConfigureAwait(false);
    }

    public void Dispose() => _sender?.Dispose();

    private byte[] Head(HttpResponseMessage response)
    {
        var fields = new Header();
        var listed = response.Headers.NonValidated.TryGetValues("Connection", out var lines) ? (IReadOnlyList<string>)[.. lines] : null;
        IncomingResponse.CheckValues(response.Headers.NonValidated);
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            if (HopByHop.Contains(name, listed)) continue;
            foreach (var value in values) fields.Add(name, value);
        }
        fields.Add("Connection", "Upgrade");
        fields.Add("Upgrade", response.Headers.NonValidated["Upgrade"].ToString());
        var text = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        foreach (var (name, value) in fields) text.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }
}
