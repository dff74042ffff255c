using Endless.Http.Semantics;

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
        // Nearly all lines, in three comparisons. The rest are taken apart from the front, so that the first fault is the one reported.
        if (line.StartsWith("GET /"u8) && line.EndsWith(" HTTP/1.1"u8) && !line[4..^9].ContainsAnyExcept(RequestTarget.TargetBytes))
        {
            result = new RequestLine(line[..3], line[4..^9], 1);
            return null;
        }

        result = default;
        var methodLength = line.IndexOfAnyExcept(FieldGrammar.TokenBytes);
        if (methodLength <= 0 || line[methodLength] != ' ') return SyntaxErrors.RequestLine;
        var method = line[..methodLength];
        line = line[(methodLength + 1)..];

        var targetLength = line.IndexOfAnyExcept(RequestTarget.TargetBytes);
        if (targetLength <= 0 || line[targetLength] != ' ') return targetLength < 0 ? SyntaxErrors.RequestLine : SyntaxErrors.Target;
        var target = line[..targetLength];
        line = line[(targetLength + 1)..];

        if (line.SequenceEqual("HTTP/1.1"u8))
        {
            result = new RequestLine(method, target, 1);
            return null;
        }
        if (line.Length != 8 || !line.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)line[5]) || line[6] != '.' || !char.IsAsciiDigit((char)line[7]))
            return IsForeign(method, target, line) ? SyntaxErrors.ForeignProtocol : SyntaxErrors.RequestLine;
        if (line[5] != '1') return method.SequenceEqual("PRI"u8) ? SyntaxErrors.Http2OnHttp1Port : SyntaxErrors.Version;
        result = new RequestLine(method, target, line[7] == '0' ? 0 : 1);
        return null;
    }

    /// <summary>Why a line above the limit is refused: the method alone is too long (RFC 9112 section 3 has a 501 for it), or the target is.</summary>
    /// <param name="start">As much of it as the limit allows.</param>
    public static Rejection TooLong(ReadOnlySpan<byte> start) => start.Contains((byte)' ') ? Rejections.TargetTooLong : SyntaxErrors.MethodTooLong;

    // Three words in capitals, the third of which has nothing of HTTP's name: a command of an older protocol, or a preface gone wrong. Kept this narrow
    // because anything that looks more like a request, however broken, gets an answer.
    private static bool IsForeign(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, ReadOnlySpan<byte> version) =>
        !method.ContainsAnyExceptInRange((byte)'A', (byte)'Z') && !target.ContainsAnyExceptInRange((byte)'A', (byte)'Z')
        && version.Length >= 4 && !version.StartsWith("HTTP"u8) && !version.ContainsAnyExceptInRange((byte)'A', (byte)'Z');
}
