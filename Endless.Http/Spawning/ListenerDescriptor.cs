using Endless.Http.Channels;
using Endless.Http.Transport;

namespace Endless.Http.Spawning;

/// <summary>A listening socket on its way between generations: whose it is, by which the next generation asks for it, and the socket.</summary>
/// <remarks>The socket may be closed meanwhile, by a stop: whoever takes its descriptor's number is inside it as long as it uses that.</remarks>
internal sealed record ListenerDescriptor(ServerIdentity Server, ListenSocket Socket)
{
    /// <summary>The address as configured.</summary>
    public string Address => Server.Address;
}
