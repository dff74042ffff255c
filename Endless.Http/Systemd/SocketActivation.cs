using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Channels;
using Endless.Http.Generations;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Spawning;

namespace Endless.Http.Systemd;

/// <summary>
/// Listening sockets that the service manager made, or kept, for this process: LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID (sd_listen_fds(3)),
/// descriptors from 3 on. Thread-safe.
/// </summary>
/// <remarks>
/// A server gets one by its name (<c>systemd:NAME</c>), or because it is bound to the address the server is configured for, so that the
/// same program serves with and without a socket unit. The variables are taken out of the environment: the next generation inherits its
/// sockets another way. What is not a listening socket is left alone, since it may be the application's.
/// </remarks>
internal sealed class SocketActivation : IActivatedSockets
{
    /// <summary>Begins the names of sockets that this library left in the manager's store.</summary>
    private const string StorePrefix = "endless-";

    private const int MaxNameLength = 255;

    private readonly IProcessHost _host;
    private readonly HashSet<string> _activated;
    private readonly List<(string Name, int Descriptor)> _unclaimed = [];
    private readonly List<string> _complaints = [];

    private SocketActivation(IProcessHost host)
    {
        _host = host;
        _activated = [.. RestartVariables.ParseSocketOrder(host.TakeVariable(RestartVariables.ActivatedSockets, passOn: true))];
    }

    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Takes it out of the environment.</summary>
    internal static SocketActivation Take(IProcessHost host, int firstDescriptor = PassedDescriptors.First)
    {
        var activation = new SocketActivation(host);
        var passed = PassedDescriptors.Take(host, firstDescriptor);
        activation._complaints.AddRange(passed.Complaints);
        foreach (var socket in passed.All)
        {
            if (host.Adopt(socket.Descriptor, listening: true)) activation._unclaimed.Add(socket);
            else activation.Complain(passed.Describe(socket, "listening socket"));
        }
        return activation;
    }

    /// <summary>Something else that the manager said is wrong too.</summary>
    internal void Complain(string complaint) => _complaints.Add(complaint);

    /// <summary>The name under which a server's listener is left in the manager's store: FDNAME allows printable ASCII but no colon, at most 255 of them.</summary>
    /// <remarks>Of several servers with one address, each has its own: else, after a crash, a client of one would be answered by another.</remarks>
    internal static string StoreName(ServerIdentity server)
    {
        var name = new StringBuilder(StorePrefix);
        AppendEscaped(name, server.Address);
        if (server.Name is not null) AppendEscaped(name.Append('@'), server.Name);
        else if (server.Ordinal > 0) name.Append(CultureInfo.InvariantCulture, $"#{server.Ordinal}");
        if (name.Length <= MaxNameLength) return name.ToString();
        // A long path, most of it escaped: cut, it could be another's name too, and the one would replace the other in the store.
        var digest = Digest(name.ToString()).ToString("x16", CultureInfo.InvariantCulture);
        return $"{name.ToString(0, MaxNameLength - digest.Length)}{digest}";
    }

    private static void AppendEscaped(StringBuilder name, string text)
    {
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_' or (byte)'/' or (byte)'[' or (byte)']') name.Append((char)b);
            else name.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
    }

    /// <summary>FNV-1a: the same in every process, which <see cref="string.GetHashCode()"/> is not.</summary>
    private static ulong Digest(string text)
    {
        var digest = 14_695_981_039_346_656_037;
        foreach (var b in Encoding.UTF8.GetBytes(text)) digest = unchecked((digest ^ b) * 1_099_511_628_211);
        return digest;
    }

    public bool IsActivated(string address)
    {
        lock (_unclaimed)
            return _activated.Contains(address);
    }

    public int? Claim(ServerIdentity server, ListenAddress address)
    {
        lock (_unclaimed)
        {
            if (_unclaimed.Count == 0) return null;
            var index = FindStored(server);
            if (index < 0 && server.Name is not null) index = FindStored(server with { Name = null }); // it may have got its name since
            if (index < 0 && address.ServiceName != null) index = _unclaimed.FindIndex(socket => socket.Name == address.ServiceName);
            if (index < 0 && address.ServiceName is null && (address.Path != null || address.Port != 0))
            {
                var wanted = Resolve(address);
                index = _unclaimed.FindIndex(socket => IsBoundTo(socket.Descriptor, wanted));
            }
            if (index < 0) return null;
            var descriptor = _unclaimed[index].Descriptor;
            _unclaimed.RemoveAt(index);
            if (address.Path != null && Libc.KindOf(address.Path, out _) is not (FileKind.Socket or FileKind.SymbolicLink))
            {
                // Kept by the manager while its path was removed: no client finds it, so the path is bound anew.
                _host.Close(descriptor);
                return null;
            }
            _activated.Add(address.Text);
            _host.PassOnVariable(RestartVariables.ActivatedSockets, RestartVariables.JoinAddresses(_activated));
            return descriptor;
        }
    }

    /// <summary>
    /// Closes the sockets that this library once left in the store and no server wants any more, and returns their names: were they kept,
    /// clients would queue there for nobody. Sockets of a socket unit stay, for the application.
    /// </summary>
    internal IReadOnlyList<string> DropStored()
    {
        lock (_unclaimed)
        {
            var dropped = _unclaimed.FindAll(socket => socket.Name.StartsWith(StorePrefix, StringComparison.Ordinal));
            foreach (var (name, descriptor) in dropped)
            {
                _host.Close(descriptor);
                _unclaimed.Remove((name, descriptor));
            }
            return dropped.ConvertAll(socket => socket.Name);
        }
    }

    private int FindStored(ServerIdentity server)
    {
        var stored = StoreName(server);
        return _unclaimed.FindIndex(socket => socket.Name == stored);
    }

    private static EndPoint? Resolve(ListenAddress address)
    {
        try
        {
            return address.Resolve();
        }
        catch (SocketException)
        {
            return null; // binding will fail the same way, and say so
        }
    }

    private static bool IsBoundTo(int descriptor, EndPoint? wanted)
    {
        if (SockAddr.Local(descriptor) is not { } bound || wanted is null) return false;
        if (bound.Equals(wanted)) return true;
        // :8080 is every address, written as IPv6 or, on a machine without, as IPv4.
        return bound is IPEndPoint b && wanted is IPEndPoint w && b.Port == w.Port && IsAny(b.Address) && IsAny(w.Address) && !Equals(w.Address, IPAddress.Any);
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
