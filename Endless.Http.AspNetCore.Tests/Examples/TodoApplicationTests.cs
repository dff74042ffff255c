using System.Net;
using System.Net.Http.Json;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.AspNetCore.Tests.Examples;

/// <summary>The example with ASP.NET Core, as a process.</summary>
public sealed class TodoApplicationTests
{
    private static readonly string Program = ProgramFile.Of("Endless.Examples.AspNetCore");

    [FactWithTools("chromium")]
    public async Task Restarts_under_use_lose_no_edit_and_no_login()
    {
        using var directory = new TempDirectory();
        await using var server = await StartAsync(directory);
        await TodoPage.WorkThroughRestartsAsync(server, 3);
        await server.StopAsync();
    }

    [Fact]
    public async Task Restarts_under_load_fail_no_request_and_close_no_connection()
    {
        using var directory = new TempDirectory();
        await using var server = await StartAsync(directory);
        var load = await LoadDriver.StartAsync(server.EndPoint, new LoadOptions
        {
            Answer = await File.ReadAllBytesAsync(Path.Combine(Path.GetDirectoryName(Program)!, "wwwroot", "index.html")),
            FreshEvery = TimeSpan.FromMilliseconds(5),
            IdleConnections = 20,
        });
        for (var restart = 0; restart < 2; restart++)
        {
            var old = server.Pid;
            await server.RestartAsync();
            await server.GoneAsync(old);
            Assert.Equal(0, await load.RenewIdleAsync());
        }
        await load.StopAsync();
        Assert.Empty(load.Counters.Details);
        Assert.Equal((0, 0), (load.Counters.Failed, load.Counters.AnnouncedCloses));
        await server.StopAsync();
    }

    [Fact]
    public async Task Who_has_not_logged_in_and_who_sends_nonsense_is_refused()
    {
        using var directory = new TempDirectory();
        await using var server = await StartAsync(directory);
        using var ada = new HttpClient { BaseAddress = new Uri(server.Url) };
        using var eve = new HttpClient { BaseAddress = new Uri(server.Url) };
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(ada, HttpMethod.Get, "/api/todos"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(ada, HttpMethod.Post, "/api/login", new { name = "ada", password = "short" }));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ada, HttpMethod.Post, "/api/login", new { name = "ada", password = "correct horse" }));
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(ada, HttpMethod.Post, "/api/todos", new { text = "buy milk" }));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(ada, HttpMethod.Post, "/api/todos", new { text = " " }));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(eve, HttpMethod.Post, "/api/login", new { name = "ada", password = "correct horsf" }));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(eve, HttpMethod.Post, "/api/login", new { name = "eve", password = "battery staple" }));
        Assert.Equal("[]", await eve.GetStringAsync("/api/todos"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(eve, HttpMethod.Patch, "/api/todos/1", new { done = true }));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(eve, HttpMethod.Delete, "/api/todos/1"));
        Assert.Equal("""[{"id":1,"text":"buy milk","done":false}]""", await ada.GetStringAsync("/api/todos"));
        Assert.Contains("/api/todos/{id}", await ada.GetStringAsync("/openapi/v1.json"), StringComparison.Ordinal);
        await server.StopAsync();
    }

    private static Task<ServerProcess> StartAsync(TempDirectory directory) => ServerProcess.StartAsync(Program,
        ["--urls=http://127.0.0.1:0", $"--ConnectionStrings:Todos=Data Source={directory["todos.db"]}", "--Endless:Restart:Probation=00:00:00.3"]);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, HttpMethod method, string path, object? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = JsonContent.Create(json);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
