using System.Globalization;
using Endless.Http.Channels;

namespace Endless.Http.Spawning;

/// <summary>
/// What a new generation is told by environment variables: the two of Go's endless, and the control channel's descriptor. The
/// listeners are the descriptors from 3 on, in the order of <see cref="SocketOrder"/>; the control channel is the one after them.
/// </summary>
internal static class RestartVariables
{
    /// <summary>Set and not empty: this process continues another.</summary>
    internal const string Continue = "ENDLESS_CONTINUE";

    /// <summary>The listeners' configured addresses, joined by commas; a comma or a percent sign in an address (a UNIX socket's path) is percent-encoded.</summary>
    internal const string SocketOrder = "ENDLESS_SOCKET_ORDER";

    /// <summary>
    /// Beside <see cref="SocketOrder"/>, in the same order: which of the servers with that address each listener belongs to, as <c>ORDER</c> or <c>ORDER:NAME</c>. Go's endless and old
    /// versions do not say it; then it is the order of the addresses.
    /// </summary>
    internal const string SocketServers = "ENDLESS_SOCKET_SERVERS";

    /// <summary>The number of the control channel's descriptor.</summary>
    internal const string ControlDescriptor = "ENDLESS_CONTROL_FD";

    /// <summary>Of the listeners, those that whoever started the first generation made for it; written as <see cref="SocketOrder"/> is.</summary>
    internal const string ActivatedSockets = "ENDLESS_ACTIVATED_SOCKETS";

    /// <summary>Where the UNIX sockets among the listeners are found: address, absolute path, device and inode of each; written as <see cref="SocketOrder"/> is.</summary>
    internal const string SocketFiles = "ENDLESS_SOCKET_FILES";

    /// <summary>The file to execute at a restart, where argv[0] does not lead to it.</summary>
    internal const string Program = "ENDLESS_PROGRAM";

    /// <summary>Set: whoever started the first generation had SIGHUP ignored, as nohup(1) does.</summary>
    internal const string NoHangUp = "ENDLESS_NOHUP";

    /// <summary>Every variable of this protocol.</summary>
    internal static IReadOnlyList<string> All { get; } = [Continue, SocketOrder, SocketServers, ControlDescriptor, ActivatedSockets, SocketFiles, Program, NoHangUp];

    /// <summary>The variables for a child with these listeners.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> For(IReadOnlyList<ListenerDescriptor> listeners, int firstDescriptor)
    {
        var order = JoinAddresses(listeners.Select(listener => listener.Address));
        yield return new(Continue, "1");
        yield return new(SocketOrder, order);
        yield return new(SocketServers, JoinAddresses(listeners.Select(listener => Join(listener.Server))));
        yield return new(ControlDescriptor, (firstDescriptor + listeners.Count).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Addresses as a value of <see cref="SocketOrder"/>.</summary>
    internal static string JoinAddresses(IEnumerable<string> addresses)
    {
        var escaped = new List<string>();
        foreach (var address in addresses) escaped.Add(address.Replace("%", "%25").Replace(",", "%2C"));
        return string.Join(',', escaped);
    }

    /// <summary>The addresses in a value of <see cref="SocketOrder"/>.</summary>
    internal static string[] ParseSocketOrder(string? order) => string.IsNullOrEmpty(order)
        ? []
        : Array.ConvertAll(order.Split(','), address => address.Replace("%2C", ",").Replace("%25", "%"));

    /// <summary>Whose the listeners of a value of <see cref="SocketOrder"/> are, by that of <see cref="SocketServers"/> as far as it says so.</summary>
    internal static ServerIdentity[] ParseServers(string? order, string? servers)
    {
        var addresses = ParseSocketOrder(order);
        var said = ParseSocketOrder(servers);
        var identities = new ServerIdentity[addresses.Length];
        for (var i = 0; i < addresses.Length; i++)
        {
            identities[i] = (said.Length == addresses.Length ? Parse(addresses[i], said[i]) : null) ?? new(addresses[i], addresses.AsSpan(0, i).Count(addresses[i]));
        }
        return identities;
    }

    private static string Join(ServerIdentity server)
    {
        var ordinal = server.Ordinal.ToString(CultureInfo.InvariantCulture);
        return server.Name is null ? ordinal : $"{ordinal}:{server.Name}";
    }

    private static ServerIdentity? Parse(string address, string server)
    {
        var colon = server.IndexOf(':');
        return int.TryParse(colon < 0 ? server : server.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? new(address, ordinal, colon < 0 ? null : server[(colon + 1)..])
            : null;
    }
}
