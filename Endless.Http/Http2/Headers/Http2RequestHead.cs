using System.Buffers;
using System.Globalization;
using System.Text;
using Endless.Http.Http2.Hpack;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>The header section of a request, read and judged (RFC 9113 sections 8.2 and 8.3). Reused.</summary>
/// <param name="limits">What it is held to.</param>
/// <param name="isSecure">The connection is one with TLS.</param>
internal sealed class Http2RequestHead(ProtocolLimits limits, bool isSecure)
{
    private const int UsualCrumbs = 64;

    private readonly List<string> _crumbs = [];
    private RequestTarget? _lastTarget;
    private string _lastAuthority = "";
    private ControlData? _lastControlData;
    private string? _method;
    private string? _scheme;
    private string? _authority;
    private string? _path;
    private string? _host;

    /// <summary>The header section.</summary>
    public FieldLines Fields { get; } = new();

    /// <summary>What the request asks for.</summary>
    public ControlData ControlData => _lastControlData = ControlData.Repeat(_lastControlData, _method!, Target, ProtocolVersion.Http20, Host);

    private RequestTarget Target { get; set; } = null!;

    private string Host { get; set; } = "";

    /// <summary>Bytes of the body; -1 if the client did not say.</summary>
    public long ContentLength { get; private set; }

    /// <summary>The client waits for 100 Continue before it sends the body.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Why a well-formed request is refused all the same; null if it is not.</summary>
    public Rejection? Rejection { get; private set; }

    /// <summary>Forgets the section, but for what makes the next one cheaper.</summary>
    public void Clear()
    {
        Fields.Clear();
        _method = _scheme = _authority = _path = _host = null;
        _crumbs.Clear();
        if (_crumbs.Capacity > UsualCrumbs) _crumbs.Capacity = 0;
        Target = null!;
        Host = "";
        if (_lastControlData is { Target: not null } data && !IsUsual(data)) _lastControlData = null;
    }

    /// <summary>It may stay with an idle connection.</summary>
    private bool IsUsual(ControlData data) =>
        IsUsual(data.Target!) && data.Method.Length <= Authority.UsualLength && data.Host.Length <= Authority.UsualLength;

    private bool IsUsual(RequestTarget target) => target.Raw.Length <= limits.MaxRequestLineBytes;

    /// <summary>Reads a section. False if the request is malformed (section 8.1.1).</summary>
    public bool TryRead(ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        Clear();
        ContentLength = -1;
        ExpectsContinue = false;
        Rejection = null;
        var pseudo = true;
        foreach (var field in fields)
        {
            switch (field.Kind)
            {
                case FieldKind.Method when pseudo && _method is null: _method = field.Value; break;
                case FieldKind.Scheme when pseudo && _scheme is null: _scheme = field.Value; break;
                case FieldKind.Authority when pseudo && _authority is null: _authority = field.Value; break;
                case FieldKind.Path when pseudo && _path is null: _path = field.Value; break;
                // RFC 8441 is not offered, and without the offer :protocol is an unknown pseudo-header.
                case FieldKind.Malformed or FieldKind.Method or FieldKind.Scheme or FieldKind.Authority or FieldKind.Path or FieldKind.Protocol: return false;
                default:
                    pseudo = false;
                    if (!TryAdd(field)) return false;
                    break;
            }
        }
        // RFC 9113 section 8.2.3: crumbs become one line for whoever does not know of them. At the end and once: one by one, 125 octets of references to a long entry cost 10 ms.
        if (_crumbs.Count > 0) Fields.AddReceived("cookie", _crumbs.Count == 1 ? _crumbs[0] : string.Join("; ", _crumbs), KnownField.Other);
        return TryReadTarget() && TryReadAuthority() && TryReadLength(endStream);
    }

    /// <summary>Reads a trailer section. False if it is malformed.</summary>
    public static bool TryReadTrailers(ReadOnlySpan<HeaderField> fields, FieldLines trailers)
    {
        foreach (var field in fields)
        {
            if (field.Kind == FieldKind.Malformed || field.Name[0] == ':' || TrailerFields.IsForbidden(field.Name)) return false;
            trailers.AddReceived(field.Name, field.Value, field.Known);
        }
        return true;
    }

    private bool TryAdd(HeaderField field)
    {
        switch (field.Kind)
        {
            case FieldKind.Host:
                if (_host is not null) return false;
                _host = field.Value;
                break;
            case FieldKind.ContentLength:
                if (!long.TryParse(field.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || ContentLength >= 0) return false; // once, as over HTTP/1
                ContentLength = length;
                break;
            case FieldKind.Cookie:
                _crumbs.Add(field.Value);
                return true;
            case FieldKind.Expect:
                if (!FieldList.HasOnly(field.Value, "100-continue", out var hasIt)) Rejection ??= Rejections.Expectation;
                ExpectsContinue |= hasIt;
                break;
        }
        Fields.AddReceived(field.Name, field.Value, field.Known);
        return true;
    }

    private bool TryReadTarget()
    {
        if (_method is null || !FieldGrammar.IsToken(_method.AsSpan())) return false;
        if (_method == "CONNECT")
        {
            // RFC 9113 section 8.5.
            if (_scheme is not null || _path is not null || string.IsNullOrEmpty(_authority)) return false;
            return TryParse(_authority);
        }
        if (string.IsNullOrEmpty(_scheme) || string.IsNullOrEmpty(_path)) return false;
        if (!isSecure && _scheme.Equals("https", StringComparison.OrdinalIgnoreCase)) Rejection ??= Rejections.Misdirected;
        if (_path[0] != '/') return _path == "*" && TryParse(_path);
        if (_path.Length > limits.MaxRequestLineBytes) Rejection ??= Rejections.TargetTooLong;
        if (_path == _lastTarget?.Raw)
        {
            Target = _lastTarget;
            return true;
        }
        if (!TryParse(_path)) return false;
        _lastTarget = IsUsual(Target) ? Target : null;
        return true;
    }

    private bool TryParse(string raw)
    {
        var octets = ArrayPool<byte>.Shared.Rent(raw.Length);
        var target = RequestTarget.Parse(_method!, octets.AsSpan(0, Encoding.Latin1.GetBytes(raw, octets)));
        ArrayPool<byte>.Shared.Return(octets);
        Target = target!;
        return target is not null;
    }

    private bool TryReadAuthority()
    {
        if (string.IsNullOrEmpty(_authority))
        {
            // RFC 9113 section 8.3.1: one of the two names the host.
            if (string.IsNullOrEmpty(_host)) Rejection ??= HostErrors.Missing;
            Host = _host ?? "";
        }
        else
        {
            // Request smuggling: two hops may disagree which name is the host.
            if (_host is not null && !_host.Equals(_authority, StringComparison.OrdinalIgnoreCase)) return false;
            Host = _authority;
            // On HTTP/1.1 every request has this field.
            if (_host is null) Fields.AddReceived("host", _authority, KnownField.Host);
        }
        if (Host == _lastAuthority)
        {
            Host = _lastAuthority;
            return true;
        }
        var octets = ArrayPool<byte>.Shared.Rent(Host.Length);
        var valid = Authority.IsValid(octets.AsSpan(0, Encoding.Latin1.GetBytes(Host, octets)), out _);
        ArrayPool<byte>.Shared.Return(octets);
        if (!valid) Rejection ??= HostErrors.Malformed;
        else if (Host.Length <= Authority.UsualLength) _lastAuthority = Host;
        return true;
    }

    private bool TryReadLength(bool endStream)
    {
        if (endStream)
        {
            if (ContentLength > 0) return false;
            ContentLength = 0;
        }
        if (!new BodyLimit(limits.MaxBodyBytes).Allows(ContentLength)) Rejection ??= Rejections.BodyTooLarge;
        return true;
    }
}
