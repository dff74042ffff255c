using System.Globalization;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>Sections 1 to 7, 9 and 10 of Autobahn's suite: RFC 6455 from a client that may send anything.</summary>
public sealed class ConformanceTests(EchoServer echo) : IClassFixture<EchoServer>
{
    public static TheoryData<string> Names => [.. ConformanceCase.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task As_one_piece(string name) => RunAsync(name, chops: false);

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_byte_at_a_time(string name) =>
        ConformanceCase.All.Single(one => one.Name == name).Frames.Sum(frame => frame.Length) > 5_000 ? Task.CompletedTask : RunAsync(name, chops: true);

    private async Task RunAsync(string name, bool chops)
    {
        var one = ConformanceCase.All.Single(one => one.Name == name);
        var path = echo.NextPath();
        using var client = await FrameClient.ConnectAsync(echo.Server, path);
        client.Chops = chops;
        var sending = client.SendAsync(one.Frames);
        foreach (var expected in one.Expected) Assert.Equal(expected, await client.ReadTextAsync());
        await sending;
        client.CloseSending(); // a client that is told of its mistake has a moment to read that
        Assert.Equal("end", await client.ReadTextAsync());
        var code = one.Expected[^1].Split(' ') is [_, var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : WebSocketCloseCodes.NoStatus;
        Assert.Equal(code, (await echo.EndedAsync(path)).Code);
    }
}
