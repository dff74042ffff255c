using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Servers of one process that their addresses do not tell apart: after a restart each still has its own listener and its own clients.</summary>
public sealed class ServerIdentityTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Two_servers_on_port_0_keep_their_clients_in_whatever_order_they_start(bool firstReversed, bool nextReversed)
    {
        string[] serve = ["serve 127.0.0.1:0 public", "serve 127.0.0.1:0 admin"];
        await using var app = await RestartApp.StartAsync([.. serve, .. Order(firstReversed)]);
        await AssertEachKeepsItsOwnAsync(app, [.. serve, .. Order(nextReversed)]);
    }

    [Fact]
    public async Task Named_servers_keep_their_clients_when_made_in_another_order()
    {
        string[] first = ["serve 127.0.0.1:0 public", "name p", "serve 127.0.0.1:0 admin", "name a"];
        await using var app = await RestartApp.StartAsync(first);
        await AssertEachKeepsItsOwnAsync(app, [.. first[2..], .. first[..2]]);
    }

    [Fact]
    public async Task Two_servers_on_UNIX_sockets_keep_their_clients()
    {
        string[] serve = [$"serve unix:/tmp/endless-{Guid.NewGuid():N}.sock public", $"serve unix:/tmp/endless-{Guid.NewGuid():N}.sock admin"];
        await using var app = await RestartApp.StartAsync(serve);
        await AssertEachKeepsItsOwnAsync(app, [serve[1], serve[0]]);
    }

    /// <summary>The kernel gives a client to either.</summary>
    [Fact]
    public async Task Two_servers_that_share_a_port_keep_their_clients()
    {
        var address = FreeEndPoint.Next();
        string[] serve = [$"serve {address} public", "reuse", $"serve {address} admin", "reuse"];
        await using var app = await RestartApp.StartAsync(serve);
        var connections = new List<(ClientConnection Connection, string Word)>();
        while (connections.Select(connection => connection.Word).Distinct().Count() < 2)
        {
            var connection = await app.ConnectAsync();
            connections.Add((connection, Word(await RestartApp.GetAsync(connection))));
        }
        app.Script([.. serve, "reverse"]);
        var child = await app.RestartAsync();
        foreach (var (connection, word) in connections)
        {
            using (connection) Assert.Equal($"{word} generation 2 pid {child}", await RestartApp.GetAsync(connection));
        }
    }

    [Fact]
    public async Task Of_two_servers_on_one_address_the_one_that_is_not_named_is_dropped()
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0 public", "name p", "serve 127.0.0.1:0 admin", "name a");
        var addresses = await AddressesAsync(app);
        app.Script("serve 127.0.0.1:0 admin", "name a");
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync("127.0.0.1:0 is no longer served: no server of this generation asked for it.");
        await app.Server.GoneAsync(app.Pid);
        var child = app.Server.Pids.Single();
        Assert.Equal($"admin generation 2 pid {child}", await app.GetAsync(address: addresses["admin"]));
        Assert.Equal(FailureKind.Refused, (await Assert.ThrowsAsync<LoadFailure>(() => app.GetAsync(address: addresses["public"]))).Kind);
    }

    private static string[] Order(bool reversed) => reversed ? ["reverse"] : [];

    private static string Word(string answer) => answer.Split(' ')[0];

    private static async Task<Dictionary<string, string>> AddressesAsync(RestartApp app)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var address in app.Server.Addresses) addresses.Add(Word(await app.GetAsync(address: address)), address);
        return addresses;
    }

    private static async Task AssertEachKeepsItsOwnAsync(RestartApp app, string[] next)
    {
        var addresses = await AddressesAsync(app);
        Assert.Equal(["admin", "public"], addresses.Keys.Order());
        var connections = new List<(ClientConnection Connection, string Word)>();
        foreach (var (word, address) in addresses)
        {
            for (var i = 0; i < 5; i++)
            {
                connections.Add((await app.ConnectAsync(address), word));
                Assert.Equal(word, Word(await RestartApp.GetAsync(connections[^1].Connection)));
            }
        }
        app.Script(next);
        var child = await app.RestartAsync();
        foreach (var (connection, word) in connections)
        {
            using (connection) Assert.Equal($"{word} generation 2 pid {child}", await RestartApp.GetAsync(connection));
        }
        foreach (var (word, address) in addresses) Assert.Equal($"{word} generation 2 pid {child}", await app.GetAsync(address: address));
    }
}
