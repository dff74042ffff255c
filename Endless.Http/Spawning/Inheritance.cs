using System.Globalization;
using Endless.Http.Channels;
using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Spawning;

/// <summary>What a process got from the generation before it: listeners nobody has claimed yet, and the control channel.</summary>
/// <remarks>Read once, when the process first touches the library, and gone from its environment and out of its subprocesses' reach from then on. Thread-safe.</remarks>
internal sealed class Inheritance
{
    private readonly IProcessHost _host;
    private readonly List<Inherited> _unclaimed = [];
    private ServerIdentity[] _inherited = [];

    private Inheritance(IProcessHost host) => _host = host;

    /// <summary>This process continues another.</summary>
    internal bool Continues { get; private init; }

    /// <summary>The channel to the generation before; null for a process that continues none, or was started by something that has none.</summary>
    internal ControlChannel? Control { get; private init; }

    /// <summary>What was wrong with it, for the log; null if nothing.</summary>
    internal string? Complaint { get; private set; }

    /// <summary>Whose the listeners are that nobody has claimed.</summary>
    internal IReadOnlyList<ServerIdentity> Unclaimed
    {
        get
        {
            lock (_unclaimed)
                return _unclaimed.ConvertAll(listener => listener.Server);
        }
    }

    /// <summary>Takes it out of the environment.</summary>
    internal static Inheritance Take(IProcessHost host)
    {
        var continues = !string.IsNullOrEmpty(host.TakeVariable(RestartVariables.Continue));
        var servers = RestartVariables.ParseServers(host.TakeVariable(RestartVariables.SocketOrder), host.TakeVariable(RestartVariables.SocketServers));
        var control = host.TakeVariable(RestartVariables.ControlDescriptor);
        if (!continues) return new Inheritance(host);

        var inheritance = new Inheritance(host)
        {
            Continues = true,
            Control = int.TryParse(control, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) && host.Adopt(descriptor, listening: false)
                ? new ControlChannel(new SafeFileHandle(descriptor, ownsHandle: true))
                : null,
        };
        if (inheritance.Control is null)
            inheritance.Complaint = $"{RestartVariables.Continue} is set, but there is no control channel: the process before this one will not hear of this one";
        for (var i = 0; i < servers.Length; i++)
        {
            if (host.Adopt(PosixSpawn.FirstDescriptor + i, listening: true))
                inheritance._unclaimed.Add(new(servers[i], PosixSpawn.FirstDescriptor + i));
            else
                inheritance.Complaint = $"{RestartVariables.SocketOrder} names {servers[i].Address}, but descriptor {PosixSpawn.FirstDescriptor + i} is no listening socket";
        }
        inheritance._inherited = servers;
        return inheritance;
    }

    /// <summary>The descriptor of a server's listener; the caller owns it from now on. Null if there is none, or no more.</summary>
    /// <param name="server">The server.</param>
    /// <param name="made">The servers that there are with its address.</param>
    /// <param name="predecessor">The server of the generation before that had the listener; the server itself if none had.</param>
    internal int? Claim(ServerIdentity server, IReadOnlyList<ServerIdentity> made, out ServerIdentity predecessor)
    {
        lock (_unclaimed)
        {
            var claimed = server.FindIn(_unclaimed, listener => listener.Server) ?? FindLeftOver(server, made);
            predecessor = claimed?.Server ?? server;
            if (claimed is null) return null;
            _unclaimed.Remove(claimed);
            return claimed.Descriptor;
        }
    }

    /// <summary>
    /// A listener that no server has by name or order. The generation before may have made and closed others first, so that its orders are not this one's: bound anew, the address would
    /// be found in use.
    /// </summary>
    private Inherited? FindLeftOver(ServerIdentity server, IReadOnlyList<ServerIdentity> made)
    {
        if (Array.Exists(_inherited, inherited => (inherited.Address, inherited.Ordinal) == (server.Address, server.Ordinal))) return null;
        return _unclaimed.Find(listener =>
            listener.Server.Address == server.Address && !made.Any(other => other != server && other.FindIn([listener], candidate => candidate.Server) is not null));
    }

    /// <summary>Closes what nobody claimed and returns whose it was.</summary>
    internal IReadOnlyList<ServerIdentity> DropUnclaimed()
    {
        lock (_unclaimed)
        {
            var dropped = Unclaimed;
            foreach (var listener in _unclaimed)
                _host.Close(listener.Descriptor);
            _unclaimed.Clear();
            return dropped;
        }
    }

    private sealed record Inherited(ServerIdentity Server, int Descriptor);
}
