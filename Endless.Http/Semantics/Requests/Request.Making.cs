using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http;

// Requests that a program makes: for a handler behind it, out of one that it was given, or for a test, out of nothing.
public sealed partial class Request
{
    /// <summary>
    /// A request that came on no connection, for tests and for calls of a handler within a program. HTTP/1.1, without body and header fields; <see cref="Host"/> is that of an absolute target, or <c>localhost</c>. What
    /// else it has the initializer says: <c>new Request("PUT", "/a?b=1") { Header = { ["X"] = "1" }, Body = pipe }</c>. Go's <c>httptest.NewRequest</c>.
    /// </summary>
    /// <param name="method">The method, a token; case counts.</param>
    /// <param name="target">As in <see cref="Target"/>: percent-encoded.</param>
    /// <exception cref="ArgumentException">The method is no token, or the target is none that a request with this method has.</exception>
    public Request(string method, string target) : this(new DetachedExchange(), ControlOf(method, target), contentLength: 0, RequestBody.None) =>
        _extras = new RequestExtras { Changes = new RequestChanges(original: null) };

    /// <summary>
    /// A copy for the handler behind a middleware, with what the initializer changes: <c>new Request(r) { RawPath = rest }</c>. Thin over the same exchange as <paramref name="original"/>: header, body,
    /// <see cref="Values"/> and life are the same, so that what is used after the handler has returned is refused in the same way. Path values are copied; the <see cref="Pattern"/> that a mux finds for the copy
    /// is the original's too, for the metrics, the log and middleware around. Go's <c>WithContext</c> and <c>Clone</c>.
    /// </summary>
    public Request(Request original) : this((original ?? throw new ArgumentNullException(nameof(original)))._exchange, original._control, original.ContentLength, RequestBody.None)
    {
        _extras = new RequestExtras { Changes = new RequestChanges(original) };
        _header = original.Header;
        _body = original.Body;
        _pathValues = [.. original._pathValues];
        Matched = original.Matched;
        IsOpenEnded = original.IsOpenEnded;
    }

    /// <summary>The received request of which this is a copy; this request if it is no copy.</summary>
    internal Request Root => Changes?.Root ?? this;

    private RequestChanges? Changes => _extras?.Changes;

    /// <summary>For an initializer, which only the two public constructors have.</summary>
    private RequestChanges OwnChanges => _extras!.Changes!;

    private static ControlData ControlOf(string method, string target)
    {
        var parsed = TargetOf(CheckMethod(method), target);
        return new ControlData(method, parsed, ProtocolVersion.Http11, parsed.Authority ?? "localhost");
    }

    private static RequestTarget TargetOf(string method, string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        // Latin 1, so that no character beyond ASCII becomes one within it.
        return RequestTarget.Parse(method, Encoding.Latin1.GetBytes(target)) is { } parsed && Ascii.IsValid(target) ? parsed
            : throw new ArgumentException($"\"{target}\" is no target of a {method} request (RFC 9112 section 3.2): give a path that begins with a slash, percent-encoded (Uri.EscapeDataString), and its query.", nameof(target));
    }

    private static string CheckMethod(string method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return FieldGrammar.IsToken(method.AsSpan()) ? method : throw new ArgumentException("A method is a token: letters, digits and !#$%&'*+-.^_`|~ (RFC 9110 section 9.1).", nameof(method));
    }

    private RequestTarget WithRawPath(string rawPath, string property) =>
        _control.Target?.WithPath(rawPath) ?? throw new ArgumentException($"\"{rawPath}\" is no path: it begins with a slash, which a prefix that is cut off leaves in place, and RawPath is percent-encoded, without a NUL.", property);

    private static string CheckHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Length == 0 || (Ascii.IsValid(host) && Authority.IsValid(Encoding.ASCII.GetBytes(host), out _)) ? host
            : throw new ArgumentException($"\"{host}\" is no host with or without a port (RFC 9110 section 7.2).", nameof(host));
    }
}
