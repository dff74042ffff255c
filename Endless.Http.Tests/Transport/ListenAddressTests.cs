using System.Net;
using Endless.Http.Sockets;

namespace Endless.Http.Tests.Transport;

/// <summary>What people write for an address: taken for what is plainly meant, or refused with what to write.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("", "", 80)]
    [InlineData(":8080", "", 8080)]
    [InlineData("127.0.0.1:0", "127.0.0.1", 0)]
    [InlineData("localhost:65535", "localhost", 65535)]
    [InlineData("[::1]:8080", "::1", 8080)]
    [InlineData("[::]:8080", "::", 8080)]
    [InlineData("my-host.example:80", "my-host.example", 80)]
    [InlineData("*:5000", "", 5000)]
    [InlineData("+:5000", "", 5000)]
    [InlineData("http://localhost:5000", "localhost", 5000)]
    [InlineData("HTTP://localhost:5000/", "localhost", 5000)]
    [InlineData("http://*:5000", "", 5000)]
    [InlineData("http://+:80", "", 80)]
    [InlineData("http://:80", "", 80)]
    [InlineData("http://0.0.0.0:5000", "0.0.0.0", 5000)]
    [InlineData("http://[::1]:5000/", "::1", 5000)]
    public void An_address_is_a_host_and_a_port(string text, string host, int port)
    {
        var address = ListenAddress.Parse(text);
        Assert.Equal((host, port), (address.Host, address.Port));
        Assert.Equal(text, address.Text); // by which the server is known across a restart
    }

    [Theory]
    [InlineData("unix:/run/a.sock", "/run/a.sock")]
    [InlineData("unix:a b;c?d.sock", "a b;c?d.sock")]
    [InlineData("unix://run/a.sock", "//run/a.sock")]
    public void A_path_is_taken_as_it_is(string text, string path) => Assert.Equal(path, ListenAddress.Parse(text).Path);

    [Theory]
    [InlineData("https://localhost:5001", "write \"localhost:5001\", and start the server by ListenAndServeTLS")]
    [InlineData("https://*:443/", "write \"*:443\", and start the server by ListenAndServeTLS")]
    [InlineData("https://localhost", "write \"localhost:443\", and start the server by ListenAndServeTLS")]
    [InlineData("tcp://0.0.0.0:80", "no scheme; write \"0.0.0.0:80\"")]
    [InlineData("http://localhost:5000/app", "write \"localhost:5000\"")]
    [InlineData("localhost:5000/", "a path is no part of an address, but of a pattern of a ServeMux; write \"localhost:5000\"")]
    [InlineData("http://localhost:5000?a", "write \"localhost:5000\"")]
    [InlineData("http://localhost/", "the port is missing; write \"localhost:8080\"")]
    [InlineData("localhost", "the port is missing; write \"localhost:8080\"")]
    [InlineData("localhost:", "the port is missing; write \"localhost:8080\"")]
    [InlineData("*", "the port is missing; write \"*:8080\"")]
    [InlineData("127.0.0.1", "the port is missing; write \"127.0.0.1:8080\"")]
    [InlineData("[::1]", "the port is missing; write \"[::1]:8080\"")]
    [InlineData("[::1]:", "the port is missing; write \"[::1]:8080\"")]
    [InlineData("8080", "write \":8080\"")]
    [InlineData("::1", "brackets, and the port is missing; write \"[::1]:8080\"")]
    [InlineData("::1:9090", "brackets; write \"[::1]:9090\"")]
    [InlineData("a:b:80", "too many colons")]
    [InlineData("[localhost]:80", "the brackets hold no IPv6 address")]
    [InlineData("localhost:http", "a number from 0 to 65535")]
    [InlineData("localhost:65536", "a number from 0 to 65535")]
    [InlineData("localhost:-1", "a number from 0 to 65535")]
    [InlineData(" :8080", "it has a space; write \":8080\"")]
    [InlineData("http://a:80;http://b:80", "the others by AddAddress")]
    [InlineData("http://unix:/run/a.sock", "\"unix:/run/a.sock\"")]
    [InlineData("UNIX:/run/a.sock", "\"unix:/run/a.sock\"")]
    [InlineData("unix:", "the path is missing")]
    public void Anything_else_is_refused_with_what_to_write(string text, string remedy)
    {
        var message = Assert.Throws<FormatException>(() => ListenAddress.Parse(text)).Message;
        Assert.StartsWith($"Cannot listen on \"{text}\": ", message);
        Assert.Contains(remedy, message);
    }

    [Theory]
    [InlineData("*:0")]
    [InlineData("http://+:0/")]
    public void An_asterisk_listens_on_every_address(string text)
    {
        using var socket = ListenSocket.Bind(ListenAddress.Parse(text));
        Assert.Contains(((IPEndPoint)socket.LocalEndPoint!).Address, new[] { IPAddress.IPv6Any, IPAddress.Any });
    }

    [Theory]
    [InlineData("no-such-host.invalid:8080", "\"no-such-host.invalid\" is no address and no name that is known here.")]
    [InlineData("192.0.2.1:8080", "This machine does not have that address")]
    public void A_host_that_is_not_this_machine_is_named(string text, string reason)
    {
        var message = Assert.Throws<IOException>(() => ListenSocket.Bind(ListenAddress.Parse(text))).Message;
        Assert.Contains(reason, message);
        Assert.Contains("\":8080\"", message);
    }
}
