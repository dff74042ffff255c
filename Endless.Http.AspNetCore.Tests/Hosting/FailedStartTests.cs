namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>A new generation that cannot start harms nobody, and the old one's log says why.</summary>
public sealed class FailedStartTests
{
    [Theory]
    [InlineData("endless", "throw-before-build", "System.InvalidOperationException: Main was told to throw, having said which server")]
    [InlineData("endless", "service-throws", "System.InvalidOperationException: the service was told to throw")]
    [InlineData("endless", "service-throws-late", "System.InvalidOperationException: the service was told to throw late")]
    [InlineData("kestrel", "service-throws", "System.InvalidOperationException: the service was told to throw")]
    [InlineData("kestrel", "service-throws-late", "System.InvalidOperationException: the service was told to throw late")]
    public async Task The_reason_is_in_the_old_generations_log(string server, string fault, string reason)
    {
        await using var app = await HostedApp.StartAsync($"{server} http://127.0.0.1:0");
        app.Script($"{server} http://127.0.0.1:0", fault);
        Assert.EndsWith($"Restart failed: {reason}. This generation serves on; SIGHUP tries again.", await app.FailingRestartAsync());
        await app.RecoversAsync([$"{server} http://127.0.0.1:0"]);
    }

    [Fact]
    public async Task An_address_that_cannot_be_bound_is_named()
    {
        await using var app = await HostedApp.StartAsync("endless http://127.0.0.1:0");
        app.Script("endless http://127.0.0.1:0;http://192.0.2.1:1"); // TEST-NET-1: no machine has it
        Assert.Contains("Restart failed: Cannot listen on 192.0.2.1:1: Cannot assign requested address.", await app.FailingRestartAsync());
        await app.RecoversAsync(["endless http://127.0.0.1:0"]);
    }

    [Fact]
    public async Task Before_the_server_is_named_the_end_of_the_process_is_all_that_is_known()
    {
        await using var app = await HostedApp.StartAsync("endless http://127.0.0.1:0");
        app.Script("throw-in-main");
        Assert.Contains("before it was ready. This generation serves on", await app.FailingRestartAsync());
        Assert.Contains(app.Server.Output.Lines, line => line.Contains("Main was told to throw", StringComparison.Ordinal)); // standard error is one
        await app.RecoversAsync(["endless http://127.0.0.1:0"]);
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_end_the_new_generation_alone()
    {
        await using var app = await HostedApp.StartAsync("endless http://127.0.0.1:0");
        File.WriteAllText(app["bad.json"], "{ \"Endless\": ");
        app.Script("endless http://127.0.0.1:0", "settings @bad.json");
        Assert.Contains("Restart failed: ", await app.FailingRestartAsync());
        Assert.Contains(app.Server.Output.Lines, line => line.Contains("bad.json", StringComparison.Ordinal));
        await app.RecoversAsync(["endless http://127.0.0.1:0"]);
    }
}
