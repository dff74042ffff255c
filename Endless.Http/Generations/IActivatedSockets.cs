using Endless.Http.Channels;
using Endless.Http.Sockets;

namespace Endless.Http.Generations;

/// <summary>Listening sockets that whoever started this process made for it. Thread-safe.</summary>
internal interface IActivatedSockets
{
    /// <summary>What was wrong with what was passed, for the log.</summary>
    IReadOnlyList<string> Complaints { get; }

    /// <summary>The descriptor of a listening socket for a server and its address; the caller owns it from now on. Null if there is none, or no more.</summary>
    int? Claim(ServerIdentity server, ListenAddress address);

    /// <summary>The socket of a configured address came this way, to this generation or to one before it: the path of a UNIX socket is not this process's to remove.</summary>
    bool IsActivated(string address);
}
