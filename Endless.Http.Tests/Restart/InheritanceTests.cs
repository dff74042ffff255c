using Endless.Http.Channels;
using Endless.Http.Spawning;

namespace Endless.Http.Tests.Restart;

public class InheritanceTests
{
    private readonly FakeHost _host = new();

    private Inheritance Take(string order, string? control = null, params int[] listening)
    {
        _host.Variables[RestartVariables.Continue] = "1";
        _host.Variables[RestartVariables.SocketOrder] = order;
        if (control != null) _host.Variables[RestartVariables.ControlDescriptor] = control;
        _host.Listening.UnionWith(listening);
        return Inheritance.Take(_host);
    }

    private static int? Claim(Inheritance inheritance, string address, int ordinal = 0, string? name = null, params ServerIdentity[] others)
    {
        var server = new ServerIdentity(address, ordinal, name);
        return inheritance.Claim(server, [server, .. others], out _);
    }

    [Fact]
    public void Nothing_is_inherited_by_a_process_that_no_restart_started()
    {
        var inheritance = Inheritance.Take(_host);
        Assert.False(inheritance.Continues);
        Assert.Null(inheritance.Control);
        Assert.Null(inheritance.Complaint);
        Assert.Null(Claim(inheritance, ":8080"));
    }

    [Fact]
    public void Each_address_claims_its_own_descriptor_once()
    {
        var inheritance = Take(":8080,127.0.0.1:81,:0,:0", null, 3, 4, 5, 6);
        Assert.True(inheritance.Continues);
        Assert.Equal(4, Claim(inheritance, "127.0.0.1:81"));
        Assert.Null(Claim(inheritance, "127.0.0.1:81"));
        Assert.Equal(5, Claim(inheritance, ":0"));
        Assert.Equal(6, Claim(inheritance, ":0", 1));
        Assert.Null(Claim(inheritance, ":9090"));
        Assert.Equal([new(":8080")], inheritance.Unclaimed);
        Assert.Equal([new(":8080")], inheritance.DropUnclaimed());
        Assert.Equal([3], _host.Closed);
        Assert.Empty(inheritance.Unclaimed);
    }

    [Fact]
    public void The_environment_is_cleaned_at_once()
    {
        Take(":8080", "4", 3);
        Assert.Empty(_host.Variables);
    }

    [Fact]
    public void The_variables_say_what_the_next_generation_reads_whatever_the_paths()
    {
        ListenerDescriptor[] listeners = [TestListener.On("unix:/tmp/a,b%2C.sock"), TestListener.On(":8080")];
        foreach (var listener in listeners) listener.Socket.Dispose();
        var variables = RestartVariables.For(listeners, 3).ToDictionary();
        Assert.Equal("1", variables[RestartVariables.Continue]);
        Assert.Equal("5", variables[RestartVariables.ControlDescriptor]);
        var inheritance = Take(variables[RestartVariables.SocketOrder], null, 3, 4);
        Assert.Equal(3, Claim(inheritance, "unix:/tmp/a,b%2C.sock"));
        Assert.Equal(4, Claim(inheritance, ":8080"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("7")]
    public void Without_a_control_channel_the_listeners_are_taken_and_a_complaint_is_kept(string? control)
    {
        var inheritance = Take(":8080", control, 3);
        Assert.Null(inheritance.Control);
        Assert.Equal("ENDLESS_CONTINUE is set, but there is no control channel: the process before this one will not hear of this one", inheritance.Complaint);
        Assert.Equal(3, Claim(inheritance, ":8080"));
    }

    [Fact]
    public void A_descriptor_that_is_no_listening_socket_is_left_alone()
    {
        var inheritance = Take(":8080,:8081", null, 4);
        Assert.Null(Claim(inheritance, ":8080"));
        Assert.Equal(4, Claim(inheritance, ":8081"));
        Assert.Equal("ENDLESS_SOCKET_ORDER names :8080, but descriptor 3 is no listening socket", inheritance.Complaint);
        Assert.Empty(_host.Closed);
    }

    /// <summary>Servers start concurrently: the one that was made second may be the first to listen.</summary>
    [Fact]
    public void A_server_gets_the_listener_of_its_order_whenever_it_asks()
    {
        var inheritance = Take(":0,:8080,:0", null, 3, 4, 5);
        Assert.Equal(5, Claim(inheritance, ":0", 1));
        Assert.Equal(3, Claim(inheritance, ":0"));
        Assert.Equal([new(":8080")], inheritance.Unclaimed);
    }

    [Fact]
    public void A_name_finds_its_listener_in_whatever_order_and_order_finds_what_has_no_name()
    {
        _host.Variables[RestartVariables.SocketServers] = "0:public,1:admin,2";
        var inheritance = Take(":0,:0,:0", null, 3, 4, 5);
        Assert.Equal(4, Claim(inheritance, ":0", 0, "admin"));
        Assert.Null(Claim(inheritance, ":0", 1, "other")); // the listener of that order has another name
        Assert.Equal(3, Claim(inheritance, ":0", 1, "public"));
        Assert.Equal(5, Claim(inheritance, ":0", 2, "named since"));
    }

    [Fact]
    public void A_name_that_was_taken_away_leaves_the_order()
    {
        _host.Variables[RestartVariables.SocketServers] = "0:public,1:admin";
        var inheritance = Take(":0,:0", null, 3, 4);
        Assert.Equal(4, Claim(inheritance, ":0", 1));
        Assert.Equal(3, Claim(inheritance, ":0"));
    }

    /// <summary>The generation before closed the server that it made first: what is left of its address is not bound anew, which would find it in use.</summary>
    [Fact]
    public void The_only_listener_of_an_address_goes_to_its_only_server()
    {
        _host.Variables[RestartVariables.SocketServers] = "4";
        var inheritance = Take(":8080", null, 3);
        Assert.Null(Claim(inheritance, ":8080", 0, null, new ServerIdentity(":8080", 4))); // that one has not asked yet
        Assert.Equal(3, Claim(inheritance, ":8080"));
    }

    [Theory]
    [InlineData("1")] // one for two
    [InlineData("x,y")]
    [InlineData("-1,1:")]
    public void What_is_wrong_with_the_servers_leaves_the_order_of_the_addresses(string servers)
    {
        _host.Variables[RestartVariables.SocketServers] = servers;
        var inheritance = Take(":0,:0", null, 3, 4);
        Assert.Equal(3, Claim(inheritance, ":0"));
        Assert.Equal(4, Claim(inheritance, ":0", 1));
    }

    [Fact]
    public void The_variables_say_whose_each_listener_is_whatever_the_names()
    {
        ServerIdentity[] servers = [new(":0", 3, "a,b:%2C"), new(":0"), new(":0", 1, "\u00fcn\u00efcode")];
        var variables = RestartVariables.For([.. servers.Select(server => new ListenerDescriptor(server, null!))], 3).ToDictionary();
        Assert.Equal(servers, RestartVariables.ParseServers(variables[RestartVariables.SocketOrder], variables[RestartVariables.SocketServers]));
    }
}
