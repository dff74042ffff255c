using System.Globalization;

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

    /// <summary>The number of the control channel's descriptor.</summary>
    internal const string ControlDescriptor = "ENDLESS_CONTROL_FD";

    /// <summary>Of the listeners, those that whoever started the first generation made for it; written as <see cref="SocketOrder"/> is.</summary>
    internal const string ActivatedSockets = "ENDLESS_ACTIVATED_SOCKETS";

    /// <summary>The file to execute at a restart, where argv[0] does not lead to it.</summary>
    internal const string Program = "ENDLESS_PROGRAM";

    /// <summary>Set: whoever started the first generation had SIGHUP ignored, as nohup(1) does.</summary>
    internal const string NoHangUp = "ENDLESS_NOHUP";

    /// <summary>Every variable of this protocol.</summary>
    internal static IReadOnlyList<string> All { get; } = [Continue, SocketOrder, ControlDescriptor, ActivatedSockets, Program, NoHangUp];

    /// <summary>The variables for a child with these listeners.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> For(IReadOnlyList<ListenerDescriptor> listeners, int firstDescriptor)
    {
        var order = JoinAddresses(listeners.Select(listener => listener.Address));
        yield return new(Continue, "1");
        yield return new(SocketOrder, order);
        yield return new(ControlDescriptor, (firstDescriptor + listeners.Count).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Addresses as a value of <see cref="SocketOrder"/>.</summary>
    internal static string JoinAddresses(IEnumerable<string> addresses) =>
        string.Join(',', addresses.Select(address => address.Replace("%", "%25").Replace(",", "%2C")));

    /// <summary>The addresses in a value of <see cref="SocketOrder"/>.</summary>
    internal static string[] ParseSocketOrder(string? order) => string.IsNullOrEmpty(order)
        ? []
        : Array.ConvertAll(order.Split(','), address => address.Replace("%2C", ",").Replace("%25", "%"));
}
