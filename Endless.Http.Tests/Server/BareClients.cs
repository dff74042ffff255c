using System.Buffers.Binary;
using System.Net;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Server;

/// <summary>Clients that are descriptors alone: a Socket is an object of this process too, as large as what is measured with these.</summary>
internal sealed class BareClients(ServerFixture server) : IDisposable
{
    private readonly List<int> _clients = [];

    /// <summary>Connects one more, which sends a request. Its descriptor.</summary>
    public unsafe int Send(ReadOnlySpan<byte> request)
    {
        var address = new SockaddrIn { sa_family = UnixAddressFamily.AF_INET, sin_port = BinaryPrimitives.ReverseEndianness((ushort)((IPEndPoint)server.Server.LocalEndPoint!).Port) };
        address.sin_addr.s_addr = BitConverter.ToUInt32([127, 0, 0, 1]);
        var client = Syscall.socket(UnixAddressFamily.AF_INET, UnixSocketType.SOCK_STREAM, 0);
        _clients.Add(client);
        Assert.Equal(0, Syscall.connect(client, address));
        fixed (byte* bytes = request) Assert.Equal(request.Length, Syscall.write(client, bytes, (ulong)request.Length));
        return client;
    }

    /// <summary>All are idle. An answer comes before its flow has ended and given back what it held: those of many connections at once would be measured too.</summary>
    public void AssertIdle() => Assert.True(SpinWait.SpinUntil(() => server.Server.Stats.Idle == _clients.Count, ServerFixture.Deadline), "The connection does not become idle.");

    public void Dispose() => _clients.ForEach(client => Syscall.close(client));
}
