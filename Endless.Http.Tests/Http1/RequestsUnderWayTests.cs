using Endless.Http.Connections;
using Endless.Http.Load;

namespace Endless.Http.Tests.Http1;

/// <summary>What the engine says of its request under way to whoever asks.</summary>
public sealed class RequestsUnderWayTests
{
    private static RequestsUnderWay Of(Http1Fixture server)
    {
        var requests = new RequestsUnderWay();
        ((IProtocolEngine)server.Connection.Tag!).AddRequests(requests);
        return requests;
    }

    [Fact]
    public async Task It_is_there_from_its_head_to_its_answer()
    {
        var release = new TaskCompletionSource();
        await using var server = new Http1Fixture(async (_, _) => await release.Task);
        await server.SendAsync("GET /a HTTP/1.1\r\nHos");
        Assert.Equal(0, Of(server).Count);
        await server.SendAsync("t: a\r\n\r\n");
        Assert.Equal(1, Of(server).Count);
        Assert.Equal("GET /a", Of(server).Oldest!.NameWithin(60));
        release.SetResult();
        await server.Client.ReadAsync();
        Assert.Equal(0, Of(server).Count);
    }

    [Fact]
    public async Task In_a_pipeline_its_age_is_its_own()
    {
        TaskCompletionSource[] releases = [new(), new()];
        await using var server = new Http1Fixture(async (_, r) => await releases[r.Path == "/first" ? 0 : 1].Task);
        await server.SendAsync("GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n");
        await Deadline.UntilAsync(() => Of(server) is { OldestAge: > 50 }, "the first has lasted");
        var secondBegins = Environment.TickCount64;
        releases[0].SetResult();
        await Deadline.UntilAsync(() => Of(server).Oldest?.NameWithin(60) == "GET /second", "the second has begun");
        Assert.InRange(Of(server).OldestAge, 0, Environment.TickCount64 - secondBegins);
        releases[1].SetResult();
        await server.Client.ReadAsync();
    }

    [Theory]
    [InlineData("GET", 56, "")]
    [InlineData("GET", 57, "...")]
    [InlineData("METHODS-ARE-CLIENTS-TEXT-TOO-AND-MAY-BE-LONGER-THAN-A-LINE-HAS-ROOM", 1, "...")]
    public async Task Of_a_long_name_the_beginning_is_given(string method, int pathLength, string end)
    {
        var release = new TaskCompletionSource();
        await using var server = new Http1Fixture(async (_, _) => await release.Task);
        var name = $"{method} /{new string('x', pathLength - 1)}";
        await server.SendAsync($"{name} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(name[..Math.Min(name.Length, 60)] + end, Of(server).Oldest!.NameWithin(60));
        release.SetResult();
        await server.Client.ReadAsync();
    }
}
