using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>What the Transfer-Encoding fields of a request add up to (RFC 9112 section 6.1).</summary>
internal struct TransferCodings
{
    private bool _malformed;
    private bool _unknown;
    private int _chunked;
    private bool _chunkedIsLast;

    /// <summary>There is such a field.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>Adds the codings of one field line.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        IsPresent = true;
        foreach (var coding in FieldList.Elements(value))
        {
            _chunkedIsLast = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            if (_chunkedIsLast) _chunked++;
            else if (FieldGrammar.IsToken(coding)) _unknown = true;
            else _malformed = true;
        }
    }

    /// <summary>
    /// Null for one <c>chunked</c> and nothing else. Without chunked as the last coding the end of the body cannot be told: 400 (section 6.3, point 4);
    /// a coding before it that this server does not know: 501 (section 6.1).
    /// </summary>
    public readonly Rejection? Judge()
    {
        if (_malformed || _chunked != 1 || !_chunkedIsLast) return SyntaxErrors.TransferEncoding;
        return _unknown ? SyntaxErrors.UnknownEncoding : null;
    }
}
