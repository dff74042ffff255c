using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>The head of a request, parsed and judged: what it asks for, how its body is framed, and what it means for the connection. Reused.</summary>
/// <param name="limits">What it is held to.</param>
/// <param name="header">Where its fields go.</param>
/// <param name="isSecure">The connection is one with TLS.</param>
internal sealed class RequestHead(ProtocolLimits limits, FieldLines header, bool isSecure)
{
    private int _lineLength;
    private int _version;
    private RequestTarget? _parsedTarget;
    private RequestTarget? _lastTarget;
    private string _lastHost = "";
    private ControlData? _lastControlData;

    public string Method { get; private set; } = "";

    public RequestTarget Target { get; private set; } = null!;

    /// <summary>0 or 1.</summary>
    public int MinorVersion { get; private set; }

    public string Host { get; private set; } = "";

    /// <summary>What the request asks for.</summary>
    public ControlData ControlData => _lastControlData = ControlData.Repeat(_lastControlData, Method, Target, MinorVersion == 0 ? ProtocolVersion.Http10 : ProtocolVersion.Http11, Host);

    /// <summary>Bytes of the body; -1 if chunked.</summary>
    public long ContentLength { get; private set; }

    /// <summary>The client wants to go on with this connection (RFC 9112 section 9.3).</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>The client waits for 100 Continue before it sends the body (RFC 9110 section 10.1.1).</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>The client would rather speak another protocol (RFC 9110 section 7.8).</summary>
    public bool AsksForUpgrade { get; private set; }

    /// <summary>The connection becomes idle: of the last head nothing stays but what makes the next one cheaper.</summary>
    public void Release()
    {
        if (Host.Length <= Authority.UsualLength && _lastHost.Length <= Authority.UsualLength) return;
        Host = _lastHost = "";
        _lastControlData = null;
    }

    /// <summary>Parses a complete head. Null if it is a request that can be served.</summary>
    public Rejection? Parse(byte[] bytes, int length)
    {
        header.Attach(bytes);
        if (length > limits.MaxHeaderBytes) return Rejections.HeaderTooLarge;

        var head = bytes.AsSpan(0, length);
        var lineLength = head.IndexOf((byte)'\r');
        if (lineLength > limits.MaxRequestLineBytes) return RequestLine.TooLong(head[..limits.MaxRequestLineBytes]);
        if (head[lineLength + 1] != '\n') return SyntaxErrors.ControlCharacter;
        if (RequestLine.Parse(head[..lineLength], out var line) is { } malformed) return malformed;
        if (FieldSection.Parse(bytes, lineLength + 2, length, limits.MaxHeaderCount, header) is { } refused) return refused;

        _lineLength = lineLength;
        Method = MethodNames.Get(line.Method);
        MinorVersion = line.MinorVersion;
        if ((ParseTarget(line.Target) ?? ParseFraming()) is { } refusal) return refusal;
        _parsedTarget = Target;
        _version = header.Version;
        return null;
    }

    /// <summary>
    /// Takes a head that differs from the one before in its target at most, as most of one client's do: what was found out about the fields still holds, as long as no handler changed
    /// them. They are compared with those before, which takes 15 ns for a browser's twenty fields; to parse them takes 350.
    /// </summary>
    /// <param name="unread">Unread bytes: a head, a part of one, or anything else.</param>
    /// <param name="last">The head parsed last and not refused, in the buffer in which it was parsed; empty if it is no longer there.</param>
    /// <param name="length">How long the head is.</param>
    public bool TryRepeat(ReadOnlySpan<byte> unread, ReadOnlySpan<byte> last, out int length)
    {
        length = last.Length;
        if (last.IsEmpty || header.Version != _version) return false;
        if (unread.StartsWith(last))
        {
            Target = _parsedTarget!; // there may have been heads with other targets since
            return true;
        }

        // What follows the request line, from its CRLF on. A bare CR cannot be in it: it would not be the beginning of these bytes.
        var lineLength = unread.IndexOf((byte)'\r');
        if (lineLength < 0 || !unread[lineLength..].StartsWith(last[_lineLength..])) return false;
        length += lineLength - _lineLength;
        if (lineLength > limits.MaxRequestLineBytes || length > limits.MaxHeaderBytes || RequestLine.Parse(unread[..lineLength], out var line) is not null) return false;
        // What the fields mean depends on these, and the host is in the target where that has one.
        return line.MinorVersion == MinorVersion && Ascii.Equals(line.Method, Method) && line.Target[0] == '/' && Target.Authority is null && ParseTarget(line.Target) is null;
    }

    private Rejection? ParseTarget(ReadOnlySpan<byte> raw)
    {
        // A target with a slash in front means the same for every method but CONNECT.
        if (_lastTarget is { } last && raw[0] == '/' && Method != "CONNECT" && Ascii.Equals(raw, last.Raw))
        {
            Target = last;
            return null;
        }
        if (RequestTarget.Parse(Method, raw) is not { } target) return SyntaxErrors.Target;
        if (target.IsHttps && !isSecure) return Rejections.Misdirected;
        Target = target;
        if (raw[0] == '/') _lastTarget = target;
        return null;
    }

    private Rejection? ParseFraming()
    {
        string? host = null;
        var hosts = 0;
        var length = -1L;
        var codings = default(TransferCodings);
        var options = default(ConnectionOptions);
        ExpectsContinue = AsksForUpgrade = false;

        foreach (ref readonly var field in header.Fields)
        {
            if (field.Known == KnownField.Other) continue;
            var value = header.ValueBytes(field);
            switch (field.Known)
            {
                case KnownField.Host:
                    if (++hosts > 1) return SyntaxErrors.HostRepeated;
                    // A connection's requests are nearly always for one host: what was found valid is not looked at again.
                    if (!Ascii.Equals(value, _lastHost))
                    {
                        if (!value.IsEmpty && !Authority.IsValid(value, out _)) return SyntaxErrors.HostMalformed;
                        _lastHost = Encoding.ASCII.GetString(value);
                    }
                    host = _lastHost;
                    break;
                case KnownField.ContentLength:
                    // Request smuggling: a repeated one is refused even where the numbers agree (RFC 9110 section 8.6 leaves it open), as Kestrel and nginx do; nobody means it.
                    if (length >= 0 || !ContentLengthField.TryParse(value, out length)) return SyntaxErrors.ContentLength;
                    break;
                case KnownField.TransferEncoding:
                    codings.Add(value);
                    break;
                case KnownField.Connection:
                    options.Add(value);
                    break;
                case KnownField.Upgrade:
                    AsksForUpgrade = true;
                    break;
                case KnownField.Expect:
                    // A client that speaks HTTP/1.0 cannot mean it (RFC 9110 section 10.1.1).
                    if (MinorVersion == 0) break;
                    if (!FieldList.HasOnly(value, "100-continue"u8, out var hasIt)) return Rejections.Expectation;
                    ExpectsContinue |= hasIt;
                    break;
            }
        }

        if (codings.IsPresent)
        {
            // Request smuggling: two hops may disagree about such a message. RFC 9112 section 6.1 lets a server refuse it.
            if (MinorVersion == 0) return SyntaxErrors.EncodingOnHttp10;
            if (length >= 0) return SyntaxErrors.LengthAndEncoding;
            if (codings.Judge() is { } refused) return refused;
        }
        else if (!new BodyLimit(limits.MaxBodyBytes).Allows(length))
        {
            return Rejections.BodyTooLarge;
        }

        // RFC 9112 section 3.2: exactly one Host; 3.3: one that is empty leaves an http URI without the host it must have.
        if (MinorVersion == 1 && Target.Authority is null && string.IsNullOrEmpty(host)) return hosts == 0 ? SyntaxErrors.HostMissing : SyntaxErrors.HostMalformed;
        if (MinorVersion == 1 && hosts == 0) return SyntaxErrors.HostMissing;

        Host = Target.Authority ?? host ?? "";
        ContentLength = codings.IsPresent ? -1 : Math.Max(length, 0);
        KeepAlive = !options.Close && (MinorVersion == 1 || options.KeepAlive);
        return null;
    }
}
