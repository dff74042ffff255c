namespace Endless.Http.Files;

/// <summary>Some of a representation's bytes.</summary>
/// <param name="Start">The first.</param>
/// <param name="Length">How many; one or more.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>Content-Range (RFC 9110 section 14.4).</summary>
    public string ContentRange(long size) => $"bytes {Start}-{Start + Length - 1}/{size}";
}
