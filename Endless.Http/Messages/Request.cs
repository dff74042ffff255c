using System.IO.Pipelines;
using System.Net;

namespace Endless.Http;

/// <summary>
/// A request as the server received it. Mirrors Go's <c>http.Request</c>. Valid until its handler is done: the server reuses it for
/// the next request of the connection. Not thread-safe.
/// </summary>
public sealed class Request
{
    private Dictionary<string, object?>? _values;

    internal Request() { }

    /// <summary>The method as sent, case-sensitive: <c>GET</c>, <c>POST</c>, ... (RFC 9110 section 9).</summary>
    public string Method { get; internal set; } = "";

    /// <summary>The request target as sent, undecoded: <c>/a%20b?x=1</c>, <c>http://host/</c>, <c>*</c> (RFC 9112 section 3.2). Go's <c>RequestURI</c>.</summary>
    public string Target { get; internal set; } = "";

    /// <summary>The target's path, percent-decoded. Go's <c>URL.Path</c>.</summary>
    public string Path { get; internal set; } = "";

    /// <summary>The target's query as sent, without the question mark; empty if there is none. Go's <c>URL.RawQuery</c>.</summary>
    public string RawQuery { get; internal set; } = "";

    /// <summary><c>HTTP/1.0</c>, <c>HTTP/1.1</c> or <c>HTTP/2.0</c>. Go's <c>Proto</c>.</summary>
    public string Protocol { get; internal set; } = "HTTP/1.1";

    /// <summary>The header section. Values are decoded as ISO 8859-1, so that every byte survives.</summary>
    public Header Header { get; } = new();

    /// <summary>The host the client asked for, with its port if it gave one: from an absolute target, else from the Host field (RFC 9110 section 7.2).</summary>
    public string Host { get; internal set; } = "";

    /// <summary>Bytes of the body; -1 if not known in advance (chunked). 0 if there is none.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>The body, without its transfer coding. Reads end at the body's end. A read fails with <see cref="IOException"/> if the client goes away or breaks the framing.</summary>
    public PipeReader Body { get; internal set; } = PipeReader.Create(Stream.Null);

    /// <summary>The client's address.</summary>
    public EndPoint? RemoteAddress { get; internal set; }

    /// <summary>The server's address of this connection.</summary>
    public EndPoint? LocalAddress { get; internal set; }

    /// <summary>Things that middleware passes on to the handlers behind it. Go's <c>context.WithValue</c>.</summary>
    public IDictionary<string, object?> Values => _values ??= [];
}
