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

    [Fact]
    public void Nothing_is_inherited_by_a_process_that_no_restart_started()
    {
        var inheritance = Inheritance.Take(_host);
        Assert.False(inheritance.Continues);
        Assert.Null(inheritance.Control);
        Assert.Null(inheritance.Complaint);
        Assert.Null(inheritance.Claim(":8080"));
    }

    [Fact]
    public void Each_address_claims_its_own_descriptor_once()
    {
        var inheritance = Take(":8080,127.0.0.1:81,:0,:0", null, 3, 4, 5, 6);
        Assert.True(inheritance.Continues);
        Assert.Equal(4, inheritance.Claim("127.0.0.1:81"));
        Assert.Null(inheritance.Claim("127.0.0.1:81"));
        Assert.Equal(5, inheritance.Claim(":0"));
        Assert.Equal(6, inheritance.Claim(":0"));
        Assert.Null(inheritance.Claim(":9090"));
        Assert.Equal([":8080"], inheritance.Unclaimed);
        Assert.Equal([":8080"], inheritance.DropUnclaimed());
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
        Assert.Equal(3, inheritance.Claim("unix:/tmp/a,b%2C.sock"));
        Assert.Equal(4, inheritance.Claim(":8080"));
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
        Assert.Equal(3, inheritance.Claim(":8080"));
    }

    [Fact]
    public void A_descriptor_that_is_no_listening_socket_is_left_alone()
    {
        var inheritance = Take(":8080,:8081", null, 4);
        Assert.Null(inheritance.Claim(":8080"));
        Assert.Equal(4, inheritance.Claim(":8081"));
        Assert.Equal("ENDLESS_SOCKET_ORDER names :8080, but descriptor 3 is no listening socket", inheritance.Complaint);
        Assert.Empty(_host.Closed);
    }
}
