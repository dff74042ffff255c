using Endless.Http.Sockets;

namespace Endless.Http.Server;

/// <summary>What a start brings along that is no setting.</summary>
/// <param name="CreateTls">Loads the certificates; null to serve in the clear.</param>
/// <param name="MakeSocket">Makes the socket of the first address, where the generation before left none; null to bind that address.</param>
internal sealed record ServerStart(Func<ServerTls>? CreateTls = null, Func<ListenAddress, ListenSocket>? MakeSocket = null);
