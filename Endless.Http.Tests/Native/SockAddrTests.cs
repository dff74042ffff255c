using System.Net;
using Endless.Http.Native;

namespace Endless.Http.Tests.Native;

public class SockAddrTests
{
    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("255.255.255.255", 65535)]
    [InlineData("192.0.2.1", 51230)]
    [InlineData("::ffff:192.0.2.1", 51230)]
    public void An_ipv4_address_fits_one_word(string address, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        var bytes = new byte[SockAddr.MaxLength];
        var length = SockAddr.Encode(endPoint, bytes);
        var packed = SockAddr.PackIPv4(bytes.AsSpan(0, length));
        Assert.NotEqual(0UL, packed);
        Assert.Equal(SockAddr.Decode(bytes.AsSpan(0, length)), SockAddr.UnpackIPv4(packed));
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("2001:db8::1")]
    public void One_of_ipv6_does_not(string address)
    {
        var bytes = new byte[SockAddr.MaxLength];
        var length = SockAddr.Encode(new IPEndPoint(IPAddress.Parse(address), 80), bytes);
        Assert.Equal(0UL, SockAddr.PackIPv4(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void No_address_is_none() => Assert.Equal(0UL, SockAddr.PackIPv4([]));
}
