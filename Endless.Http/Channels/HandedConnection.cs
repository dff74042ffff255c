namespace Endless.Http.Channels;

/// <summary>An open connection on its way between generations, but for its descriptor.</summary>
/// <param name="Server">The server that accepted it.</param>
/// <param name="RequestsServed">Requests answered on it so far.</param>
/// <param name="Unread">What the old generation received of the next request.</param>
internal sealed record HandedConnection(ServerIdentity Server, long RequestsServed, ReadOnlyMemory<byte> Unread);
