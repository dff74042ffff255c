using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http2;

public sealed class RequestsUnderWayTests
{
    [Fact]
    public async Task A_refused_request_whose_body_never_comes_is_not_under_way_for_ever()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write("handled")), new ProtocolLimits { MaxBodyBytes = 1_000 }, select: true);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false, ("content-length", "1001"));
        await client.SendAsync();
        await client.ExpectResetAsync(1, ErrorCode.NoError);
        var requests = new RequestsUnderWay();
        ((IProtocolEngine)server.Connection.Tag!).AddRequests(requests);
        Assert.Equal(0, requests.Count);
    }
}
