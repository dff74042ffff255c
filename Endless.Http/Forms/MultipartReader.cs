using System.IO.Pipelines;
using Endless.Http.Forms;

namespace Endless.Http;

/// <summary>
/// Reads a multipart body part by part as it comes (RFC 2046 section 5.1, RFC 7578), whatever its length, in little memory: <c>r.MultipartReader()</c>. Not thread-safe. Go's <c>multipart.Reader</c>.
/// </summary>
/// <remarks>
/// Lines end in CRLF; a body whose lines end in LF is refused, unlike in Go. A line that goes on behind the boundary is content. Preamble and epilogue are passed over. A multipart body within a part is content.
/// </remarks>
public sealed class MultipartReader
{
    private readonly MultipartBody _body;
    private readonly FormOptions _options;
    private PartBodyReader _current; // at first the preamble
    private int _parts;
    private bool _isAtEnd;

    /// <summary>A reader of a body that the program has from elsewhere.</summary>
    /// <param name="body">The body.</param>
    /// <param name="boundary">The parameter of its Content-Type: 1 to 70 characters of ASCII, visible or a space, and none at the end.</param>
    /// <param name="options">The limits on parts and their headers; null for the defaults.</param>
    /// <exception cref="ArgumentException">It is no boundary.</exception>
    public MultipartReader(PipeReader body, string boundary, FormOptions? options = null) : this(body, boundary, options, maxBytes: -1) { }

    internal MultipartReader(PipeReader body, string boundary, FormOptions? options, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(boundary);
        if (!IsBoundary(boundary)) throw new ArgumentException("A boundary has 1 to 70 characters of ASCII, visible or a space, and no space at its end (RFC 2046 section 5.1.1).", nameof(boundary));
        _options = options ?? FormOptions.Default;
        _body = new MultipartBody(body, new BoundaryScanner(boundary), _options, maxBytes);
        _current = new PartBodyReader(_body);
    }

    /// <summary>The next part; null behind the last. Passes over what of the one before was not read. Go's <c>NextRawPart</c>.</summary>
    /// <exception cref="HttpErrorException">The body is malformed (400), or beyond a limit (413).</exception>
    /// <exception cref="RequestBodyException">A request's body could not be read to its end.</exception>
    public async ValueTask<MultipartPart?> ReadPartAsync(CancellationToken cancellationToken = default)
    {
        if (_isAtEnd) return null;
        _current.End();
        if (!_current.IsAtEnd) await _body.SkipContentAsync(cancellationToken).ConfigureAwait(false);
        if (!await _body.ReadDelimiterAsync(cancellationToken).ConfigureAwait(false))
        {
            _isAtEnd = true;
            return null;
        }
        if (_parts++ == _options.MaxFields) throw FormErrors.TooManyFields(_options.MaxFields);
        var header = await _body.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (!ContentDisposition.TryParse(header["Content-Disposition"], out var disposition)) throw FormErrors.Malformed("the Content-Disposition of a part is malformed");
        Check(disposition.Name);
        Check(disposition.FileName);
        _current = new PartBodyReader(_body);
        return new MultipartPart(header, disposition, _current, _options);
    }

    /// <summary>Whether a boundary has the length that one may have, and nothing that would end a line. Of what characters it may hold clients have other ideas than RFC 2046, and no harm comes of that.</summary>
    internal static bool IsBoundary(string boundary) => boundary.Length is > 0 and <= 70 && boundary[^1] != ' ' && !boundary.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private void Check(string? name)
    {
        if (name is null) return;
        if (System.Text.Encoding.UTF8.GetByteCount(name) > _options.MaxNameBytes) throw FormErrors.NameTooLong(_options.MaxNameBytes);
        // A name in a percent-encoded form may hold what no header may.
        if (name.AsSpan().ContainsAnyInRange('\0', '\x1f') || name.Contains('\x7f')) throw FormErrors.Malformed("a name in the form holds a control character");
    }
}
