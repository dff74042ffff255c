using System.Text;
using Endless.Http.Messages;
using Endless.Http.Protocols;

namespace Endless.Http.Http1;

/// <summary>A request line taken apart (RFC 9112 section 3): exactly one space between its three parts, and nothing else.</summary>
internal readonly ref struct RequestLine
{
    private RequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, int minorVersion)
    {
        Method = method;
        Target = target;
        MinorVersion = minorVersion;
    }

    public ReadOnlySpan<byte> Method { get; }

    public ReadOnlySpan<byte> Target { get; }

    /// <summary>0 or 1: a higher minor version is served as the highest there is (RFC 9110 section 2.5).</summary>
    public int MinorVersion { get; }

    /// <summary>Takes a line without its CRLF apart. Null if it is well formed and its version is served.</summary>
    public static Rejection? Parse(ReadOnlySpan<byte> line, out RequestLine result)
    {
        result = default;
        var methodLength = line.IndexOfAnyExcept(FieldGrammar.TokenBytes);
        if (methodLength <= 0 || line[methodLength] != ' ') return Rejections.RequestLine;
        var method = line[..methodLength];
        line = line[(methodLength + 1)..];

        var targetLength = line.IndexOfAnyExcept(RequestTarget.TargetBytes);
        if (targetLength <= 0 || line[targetLength] != ' ') return targetLength < 0 ? Rejections.RequestLine : Rejections.Target;
        var target = line[..targetLength];
        line = line[(targetLength + 1)..];

        if (line.SequenceEqual("HTTP/1.1"u8))
        {
            result = new RequestLine(method, target, 1);
            return null;
        }
        if (line.Length != 8 || !line.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)line[5]) || line[6] != '.' || !char.IsAsciiDigit((char)line[7]))
            return IsForeign(target, line) ? Rejections.ForeignProtocol : Rejections.RequestLine;
        if (line[5] != '1') return method.SequenceEqual("PRI"u8) ? Rejections.Http2OnHttp1Port : Rejections.Version;
        result = new RequestLine(method, target, line[7] == '0' ? 0 : 1);
        return null;
    }

    // Three words, of which the second is a target of no form and the third has nothing of HTTP's name.
    private static bool IsForeign(ReadOnlySpan<byte> target, ReadOnlySpan<byte> version) =>
        !target.ContainsAny("/:*"u8) && !version.Contains((byte)' ') && version.Length >= 4 && !Ascii.EqualsIgnoreCase(version[..4], "HTTP"u8);
}
