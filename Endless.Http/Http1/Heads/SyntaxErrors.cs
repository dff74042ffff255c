using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>What can be wrong with a message of HTTP/1. Texts name the rule, never what the client sent.</summary>
internal static class SyntaxErrors
{
    public static readonly Rejection NotHttp = new(400, "what was sent does not begin with a method; this port speaks HTTP");
    public static readonly Rejection TlsOnPlainPort = new(400, "a TLS handshake was sent to a port that speaks plain HTTP");
    public static readonly Rejection Http2OnHttp1Port = new(400, "an HTTP/2 preface was sent to a port that speaks HTTP/1.1 only");
    public static readonly Rejection EmptyLines = new(400, "too many empty lines before a request");
    public static readonly Rejection ControlCharacter = new(400, "a control character, bare CR or bare LF in the header section");
    /// <summary>What came is neither a request nor HTTP/2's preface. Not answered: RFC 9112 section 2.2 wants a 400 for what appears to be HTTP, RFC 9113 section 3.4 a close.</summary>
    public static readonly Rejection ForeignProtocol = new(400, "a line of another protocol in place of a request");
    public static readonly Rejection RequestLine = new(400, "malformed request line");
    public static readonly Rejection Target = new(400, "malformed request target");
    public static readonly Rejection FieldLine = new(400, "malformed field line");
    public static readonly Rejection Incomplete = new(400, "the request ended early");
    public static readonly Rejection HostMissing = new(400, "an HTTP/1.1 request needs one Host field");
    public static readonly Rejection HostRepeated = new(400, "more than one Host field");
    public static readonly Rejection HostMalformed = new(400, "malformed Host field");
    public static readonly Rejection ContentLength = new(400, "malformed or contradictory Content-Length");
    public static readonly Rejection TransferEncoding = new(400, "malformed Transfer-Encoding: chunked must come last, and once");
    public static readonly Rejection LengthAndEncoding = new(400, "Content-Length beside Transfer-Encoding");
    public static readonly Rejection EncodingOnHttp10 = new(400, "Transfer-Encoding in an HTTP/1.0 request");
    public static readonly Rejection UnknownEncoding = new(501, "a transfer coding other than chunked");
    public static readonly Rejection MethodTooLong = new(501, "the method is too long");
    public static readonly Rejection TooManyFields = new(431, "too many header fields");
    public static readonly Rejection Version = new(505, "a version other than HTTP/1.0 and HTTP/1.1");
    public static readonly Rejection Chunk = new(400, "malformed chunk");
    public static readonly Rejection ChunkExtensions = new(400, "chunk extensions are too large");
    public static readonly Rejection Trailer = new(400, "malformed trailer section, or a field that may not stand there");
    public static readonly Rejection TrailerTooLarge = new(431, "the trailer section is too large");
}
