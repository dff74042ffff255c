using System.Net;
using System.Net.Sockets;
using Endless.Http.Channels;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Systemd;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Systemd;

public sealed class SocketActivationTests : IDisposable
{
    // In place of 3, which is somebody's in a test process, as any low number may be: other tests have thousands of connections open.
    private static readonly int First = (int)Math.Min(Libc.DescriptorLimit(), 60_000) - 64;

    private readonly FakeHost _host = new();
    private readonly List<int> _descriptors = [];
    private readonly List<Socket> _sockets = []; // kept, since .NET removes a UNIX socket's path with the socket

    public void Dispose()
    {
        _descriptors.ForEach(descriptor => Libc.close(descriptor));
        _sockets.ForEach(socket => socket.Dispose());
    }

    private SocketActivation Take(string count, string? names = null, string? processId = "1000")
    {
        _host.Variables["LISTEN_FDS"] = count;
        if (names != null) _host.Variables["LISTEN_FDNAMES"] = names;
        if (processId != null) _host.Variables["LISTEN_PID"] = processId;
        return SocketActivation.Take(_host, First);
    }

    /// <summary>A listening socket as the next descriptor, and what it is bound to.</summary>
    private EndPoint Pass(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _sockets.Add(socket);
        socket.Bind(endPoint);
        socket.Listen();
        var descriptor = Libc.fcntl((int)socket.Handle, Libc.F_DUPFD_CLOEXEC, First + _descriptors.Count);
        Assert.Equal(First + _descriptors.Count, descriptor);
        _descriptors.Add(descriptor);
        _host.Listening.Add(descriptor);
        return socket.LocalEndPoint!;
    }

    private static int? Claim(SocketActivation activation, string address) => Claim(activation, new ServerIdentity(address));

    private static int? Claim(SocketActivation activation, ServerIdentity server) => activation.Claim(server, ListenAddress.Parse(server.Address));

    [Fact]
    public void Nothing_is_passed_to_a_process_that_no_manager_started()
    {
        var activation = SocketActivation.Take(_host);
        Assert.Null(Claim(activation, ":8080"));
        Assert.Empty(activation.Complaints);
    }

    [Fact]
    public void A_socket_is_claimed_by_its_name_once()
    {
        Pass(new IPEndPoint(IPAddress.Loopback, 0));
        Pass(new IPEndPoint(IPAddress.Loopback, 0));
        var activation = Take("2", "web:admin");
        Assert.Equal(First + 1, Claim(activation, "systemd:admin"));
        Assert.Null(Claim(activation, "systemd:admin"));
        Assert.Equal(First, Claim(activation, "systemd:web"));
        Assert.Empty(activation.Complaints);
        Assert.Empty(_host.Variables);
    }

    [Fact]
    public void A_socket_is_claimed_by_what_it_is_bound_to_whatever_its_name()
    {
        var bound = (IPEndPoint)Pass(new IPEndPoint(IPAddress.Loopback, 0));
        var any = (IPEndPoint)Pass(new IPEndPoint(IPAddress.IPv6Any, 0));
        var activation = Take("2", "a:b");
        Assert.Null(Claim(activation, $":{bound.Port}"));
        Assert.Equal(First, Claim(activation, $"127.0.0.1:{bound.Port}"));
        Assert.Equal(First + 1, Claim(activation, $":{any.Port}"));
    }

    [Fact]
    public void An_IPv4_wildcard_serves_an_address_without_a_host()
    {
        var bound = (IPEndPoint)Pass(new IPEndPoint(IPAddress.Any, 0));
        Assert.Equal(First, Claim(Take("1"), $":{bound.Port}"));
    }

    [Fact]
    public void A_UNIX_socket_is_claimed_by_its_path_unless_that_was_removed()
    {
        using var directory = new TempDirectory();
        Pass(new UnixDomainSocketEndPoint(directory["a.sock"]));
        Pass(new UnixDomainSocketEndPoint(directory["b.sock"]));
        var activation = Take("2", "unknown:unknown");
        File.Delete(directory["b.sock"]);
        Assert.Equal(First, Claim(activation, $"unix:{directory["a.sock"]}"));
        Assert.Null(Claim(activation, $"unix:{directory["b.sock"]}"));
        Assert.Equal([First + 1], _host.Closed); // since no client can find it
    }

    [Theory]
    [InlineData(":0")]
    [InlineData("unix:/run/a,b:c.sock")]
    [InlineData("systemd:web")]
    public void A_stored_listener_comes_back_by_the_address_it_was_configured_with(string address)
    {
        var name = SocketActivation.StoreName(new(address));
        Assert.DoesNotContain(':', name);
        Assert.Matches("^[!-9;-~]{1,255}$", name);
        if (address.StartsWith("unix:", StringComparison.Ordinal)) return; // its path does not exist here
        Pass(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(First, Claim(Take("1", name), address));
    }

    [Fact]
    public void Stored_listeners_of_servers_with_one_address_are_told_apart()
    {
        ServerIdentity[] servers = [new("127.0.0.1:0", 1), new("127.0.0.1:0", 2, "admin"), new("127.0.0.1:0")];
        foreach (var _ in servers) Pass(new IPEndPoint(IPAddress.Loopback, 0));
        var activation = Take("3", string.Join(':', servers.Select(SocketActivation.StoreName)));
        Assert.Equal(First + 1, Claim(activation, new ServerIdentity("127.0.0.1:0", 0, "admin"))); // made in another order since
        Assert.Equal(First + 2, Claim(activation, servers[2]));
        Assert.Equal(First, Claim(activation, servers[0] with { Name = "got one since" }));
        Assert.Empty(activation.DropStored());
    }

    [Fact]
    public void Two_long_paths_are_two_names_in_the_store()
    {
        var path = $"unix:/run/{new string('ä', 48)}"; // 6 characters each when escaped: longer than a name can be
        var names = new[] { SocketActivation.StoreName(new($"{path}1")), SocketActivation.StoreName(new($"{path}2")) };
        Assert.NotEqual(names[0], names[1]);
        Assert.All(names, name => Assert.Matches("^endless-[!-9;-~]{1,247}$", name));
        Assert.Equal(names[0], SocketActivation.StoreName(new($"{path}1")));
    }

    [Fact]
    public void The_next_generation_knows_which_paths_are_the_managers()
    {
        using var directory = new TempDirectory();
        Pass(new UnixDomainSocketEndPoint(directory["a,b.sock"]));
        var address = ListenAddress.Parse($"unix:{directory["a,b.sock"]}");
        var activation = Take("1", "web");
        Assert.False(activation.IsActivated(address.Text));
        activation.Claim(new(address.Text), address);
        Assert.True(activation.IsActivated(address.Text));

        var next = new FakeHost();
        foreach (var (name, value) in _host.PassedOn) next.Variables.Add(name, value);
        Assert.True(SocketActivation.Take(next).IsActivated(address.Text));
        Assert.NotEmpty(next.PassedOn);
    }

    [Fact]
    public void A_stored_listener_that_nobody_wants_is_dropped_and_a_socket_units_is_not()
    {
        Pass(new IPEndPoint(IPAddress.Loopback, 0));
        Pass(new IPEndPoint(IPAddress.Loopback, 0));
        var activation = Take("2", $"{SocketActivation.StoreName(new(":81"))}:mine");
        Assert.Equal([SocketActivation.StoreName(new(":81"))], activation.DropStored());
        Assert.Equal([First], _host.Closed);
        Assert.Equal(First + 1, Claim(activation, "systemd:mine"));
    }

    [Fact]
    public void A_manager_that_cannot_know_the_pid_leaves_it_out()
    {
        Pass(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(First, Claim(Take("1", "web", processId: null), "systemd:web"));
    }

    [Theory]
    [InlineData("1", null, "7", "meant for pid \"7\"")]
    [InlineData("one", null, "1000", "\"one\"")]
    [InlineData("-1", null, "1000", "\"-1\"")]
    [InlineData("2147483647", null, "1000", "2147483647")]
    [InlineData("1", "web", "1000", "\"web\"")] // there is no such descriptor, or it does not listen
    [InlineData("2", "a:b:c", "1000", "3 name(s) for 2")]
    public void What_is_not_true_is_told_and_ignored(string count, string? names, string processId, string said)
    {
        var activation = Take(count, names, processId);
        Assert.Contains(activation.Complaints, complaint => complaint.Contains(said, StringComparison.Ordinal));
        Assert.Null(Claim(activation, "systemd:web"));
        Assert.Empty(_host.Variables);
    }

    [Fact]
    public void A_name_that_was_not_passed_is_an_error_that_says_so()
    {
        var exception = Assert.Throws<IOException>(() => ListenSocket.Bind(ListenAddress.Parse("systemd:web")));
        Assert.Contains("no socket named \"web\"", exception.Message);
    }

    [Fact]
    public void A_managers_socket_no_longer_blocks_once_it_is_ours()
    {
        Pass(new IPEndPoint(IPAddress.Loopback, 0));
        var address = ListenAddress.Parse("systemd:web");
        using var socket = ListenSocket.Inherit(Take("1", "web").Claim(new(address.Text), address)!.Value, address);
        Assert.NotEqual(0, Libc.fcntl(socket.Descriptor.Number, Libc.F_GETFL, 0) & Libc.O_NONBLOCK);
        _descriptors.Clear();
    }
}
