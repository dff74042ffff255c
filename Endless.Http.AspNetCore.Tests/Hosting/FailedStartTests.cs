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

    [Theory]
    [InlineData(true, "System.InvalidOperationException: Main was told to throw")]
    [InlineData(false, "before it was ready")]
    public async Task What_Main_throws_is_told_once_it_has_used_the_library(bool first, string reason)
    {
        await using var app = await HostedApp.StartAsync("endless http://127.0.0.1:0");
        app.Script("throw-in-main", first ? "library-first" : "library-later");
        Assert.EndsWith($"{reason}. This generation serves on; SIGHUP tries again.", await app.FailingRestartAsync());
        await app.Server.Output.WaitForAsync("Unhandled exception. System.InvalidOperationException: Main was told to throw"); // standard error is one
        await app.RecoversAsync(["endless http://127.0.0.1:0"]);
    }

    [Theory]
    [InlineData("endless http://127.0.0.1:0", "{ \"Endless\": ", "Failed to load configuration from file")]
    [InlineData("endless http://127.0.0.1:0", "{ \"Endless\": { \"Restart\": { \"StartTimeout\": \"soon\" } } }", "Endless:Restart:StartTimeout")]
    [InlineData("kestrel http://127.0.0.1:0", "{ \"Endless\": { \"Restart\": { \"StartTimeout\": \"soon\" } } }", "Endless:Restart:StartTimeout")]
    [InlineData("handlers 127.0.0.1:0", "{ \"Endless\": { \"Restart\": { \"StartTimeout\": \"soon\" } } }", "Endless:Restart:StartTimeout")]
    public async Task Settings_that_cannot_be_read_are_named(string serve, string settings, string reason)
    {
        await using var app = await HostedApp.StartAsync(serve);
        File.WriteAllText(app["appsettings.json"], settings);
        app.Script(serve, "library-first");
        Assert.Contains(reason, await app.FailingRestartAsync());
        File.Delete(app["appsettings.json"]);
        await app.RecoversAsync([serve]);
    }
}
