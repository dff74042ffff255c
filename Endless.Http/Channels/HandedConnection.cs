namespace Endless.Http.Channels;

/// <summary>An open connection on its way between generations, but for its descriptor.</summary>
/// <param name="Address">The configured address of the listener it was accepted from.</param>
/// <param name="RequestsServed">Requests answered on it so far.</param>
/// <param name="Unread">What the old generation received of the next request.</param>
internal sealed record HandedConnection(string Address, long RequestsServed, ReadOnlyMemory<byte> Unread);
