using System.Globalization;
using Endless.Http.Channels;
using Endless.Http.Logging;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Microsoft.Extensions.Logging;

namespace Endless.Http.HandOver;

/// <summary>How connections of the previous generation become this one's: each is looked at, and given to the server that it belongs to. What is refused is closed here and stays there.</summary>
/// <remarks>The old generation is another process, maybe of another version: nothing that it sends is taken for what it says it is, and one connection that is wrong costs no other.</remarks>
/// <param name="targets">The servers there are now.</param>
/// <param name="logger">Where what was not taken is told.</param>
internal sealed class Adoption(Func<IReadOnlyList<IHandOverTarget>> targets, Func<ILogger> logger)
{
    /// <summary>Takes in what it can; in the order they came, each to be started, or null for what was not taken. Owns the descriptors. Does not throw.</summary>
    internal SocketConnection?[] Take(HandOverMessage message, IReadOnlyList<int> descriptors)
    {
        var servers = targets();
        var taken = new SocketConnection?[message.Connections.Count];
        var cookies = new ulong[taken.Length];
        string? refusal = null;
        // At the limit of open files fewer descriptors arrive than were sent; the first ones are there.
        for (var i = 0; i < Math.Min(taken.Length, descriptors.Count); i++)
        {
            cookies[i] = ConnectedSocket.Cookie(descriptors[i]);
            // Two that read one socket would each get half of it.
            var isKnown = cookies[i] != 0 && cookies.AsSpan(0, i).Contains(cookies[i]);
            taken[i] = Take(servers, message.Connections[i], descriptors[i], isKnown ? "it came twice" : null, out var why);
            refusal ??= why;
        }
        for (var i = taken.Length; i < descriptors.Count; i++) _ = Libc.close(descriptors[i]);
        if (descriptors.Count != taken.Length) refusal ??= string.Create(CultureInfo.InvariantCulture, $"{descriptors.Count} descriptor(s) came with them");
        if (refusal is not null) logger().ConnectionsRefused(taken.Length - taken.Count(connection => connection is not null), taken.Length, refusal);
        return taken;
    }

    private static SocketConnection? Take(IReadOnlyList<IHandOverTarget> servers, HandedConnection connection, int descriptor, string? objection, out string? refusal)
    {
        refusal = ConnectedSocket.Check(descriptor) ?? objection;
        if (refusal is null && connection.RequestsServed < 0) refusal = "it is said to have answered fewer requests than none";
        var server = connection.Server.FindIn(servers, server => server.Predecessor);
        if (refusal is null && server is null) refusal = $"no server takes those of {connection.Server.Address}";
        if (refusal is not null)
        {
            _ = Libc.close(descriptor);
            return null;
        }
        try
        {
            var adopted = server!.Adopt(connection, descriptor);
            if (adopted is null) refusal = $"the server on {connection.Server.Address} does not take it";
            return adopted;
        }
        catch (Exception e)
        {
            refusal = e.Message;
            return null;
        }
    }
}
