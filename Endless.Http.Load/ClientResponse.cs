namespace Endless.Http.Load;

/// <summary>A response as it came over the wire. Its bytes are valid until the connection's next request.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Head">Status line and field lines, each with its CRLF.</param>
/// <param name="Body">The body without its transfer coding.</param>
/// <param name="Closes">The server said that it closes the connection: <c>Connection: close</c>.</param>
public readonly record struct ClientResponse(int Status, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body, bool Closes);
