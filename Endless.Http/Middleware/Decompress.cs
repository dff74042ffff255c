namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Decodes request bodies that are gzip, br, zstd or deflate (zlib), so that handlers read what was meant; the fields Content-Encoding and Content-Length are not there for them, and
    /// <see cref="Request.ContentLength"/> is -1. Zip bomb: more than <see cref="DecompressOptions.MaxBytes"/>, or far more than came, is answered with 413. A body that is broken is a 400, and a coding
    /// that is not known, or several on top of each other, a 415 with Accept-Encoding (RFC 9110 section 15.5.16). A request without the field costs a look at it.
    /// </summary>
    /// <param name="options">Null for the defaults.</param>
    public static MiddlewareFunc Decompress(DecompressOptions? options = null)
    {
        options ??= new DecompressOptions();
        var (maxBytes, maxRatio) = (options.MaxBytes, options.MaxRatio);
        return next => new DecompressHandler(next, maxBytes, maxRatio);
    }
}
