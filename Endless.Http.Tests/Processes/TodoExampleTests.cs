using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

public class TodoExampleTests
{
    private const int Restarts = 10;

    [FactWithTools("chromium")]
    public async Task Ten_restarts_under_use_lose_no_edit_and_no_login()
    {
        using var directory = new TempDirectory();
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["todo", "127.0.0.1:0", directory["todo.db"]]);
        await TodoPage.WorkThroughRestartsAsync(server, Restarts);
        await server.StopAsync();
    }

    [Fact]
    public async Task Who_has_not_logged_in_and_other_sites_are_refused()
    {
        using var directory = new TempDirectory();
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["todo", "127.0.0.1:0", directory["todo.db"]]);
        using var ada = new HttpClient { BaseAddress = new Uri(server.Url) };
        using var eve = new HttpClient { BaseAddress = new Uri(server.Url) };
        Assert.Equal(401, await StatusAsync(ada, HttpMethod.Get, "/api/todos"));
        Assert.Equal(422, await StatusAsync(ada, HttpMethod.Post, "/api/login", """{"name":"ada","password":"short"}"""));
        Assert.Equal(200, await StatusAsync(ada, HttpMethod.Post, "/api/login", """{"name":"ada","password":"correct horse"}"""));
        Assert.Equal(201, await StatusAsync(ada, HttpMethod.Post, "/api/todos", """{"text":"buy milk"}"""));
        Assert.Equal(422, await StatusAsync(ada, HttpMethod.Post, "/api/todos", """{"text":" "}"""));
        Assert.Equal(413, await StatusAsync(ada, HttpMethod.Post, "/api/todos", $$"""{"text":"{{new string('x', 5000)}}"}"""));

        Assert.Equal(401, await StatusAsync(eve, HttpMethod.Post, "/api/login", """{"name":"ada","password":"correct horsf"}"""));
        Assert.Equal(200, await StatusAsync(eve, HttpMethod.Post, "/api/login", """{"name":"eve","password":"battery staple"}"""));
        Assert.Equal("[]", await eve.GetStringAsync("/api/todos"));
        Assert.Equal(404, await StatusAsync(eve, HttpMethod.Patch, "/api/todos/1", """{"done":true}"""));
        Assert.Equal(404, await StatusAsync(eve, HttpMethod.Delete, "/api/todos/1"));

        ada.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(403, await StatusAsync(ada, HttpMethod.Delete, "/api/todos/1"));
        Assert.Equal("""[{"id":1,"text":"buy milk","done":false}]""", await ada.GetStringAsync("/api/todos"));
    }

    private static async Task<int> StatusAsync(HttpClient client, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }
}
