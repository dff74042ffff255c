using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>Sections 1 to 7, 9 and 10 of Autobahn's suite: RFC 6455 from a client that may send anything.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Names => [.. ConformanceCase.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task As_one_piece(string name) => RunAsync(name, chops: false);

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_byte_at_a_time(string name)
    {
        var length = ConformanceCase.All.Single(one => one.Name == name).Frames.Sum(frame => frame.Length);
        return length > 10_000 ? Task.CompletedTask : RunAsync(name, chops: true);
    }

    private static async Task RunAsync(string name, bool chops)
    {
        var one = ConformanceCase.All.Single(one => one.Name == name);
        var echo = new EchoHandler();
        await using var server = await TestServer.StartAsync(echo);
        using var client = await FrameClient.ConnectAsync(server);
        client.Chops = chops;
        var sending = client.SendAsync(one.Frames);
        foreach (var expected in one.Expected) Assert.Equal(expected, await client.ReadTextAsync());
        Assert.Equal("end", await client.ReadTextAsync());
        await sending;
        var code = one.Expected[^1].Split(' ') is [_, var number, ..] ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : WebSocketCloseCodes.NoStatus;
        Assert.Equal(code, (await echo.Ended.WaitAsync(Endless.Http.Load.Deadline.Default)).Code);
    }
}
