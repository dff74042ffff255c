using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>The examples that are services of their own.</summary>
public class ServiceExamplesTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Router_answers_before_and_after_a_restart()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["router", "127.0.0.1:0"]);
        using var client = NewClient(server);
        await AskAsync();
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        await AskAsync();
        Assert.Contains(server.Output.Lines, line => line.Contains("\"GET /v1/hello/gopher HTTP/1.1\" 200", StringComparison.Ordinal));
        await server.StopAsync();

        async Task AskAsync()
        {
            Assert.Equal("Hello Gin with Endless!", await client.GetStringAsync("/"));
            Assert.Equal("""{"text":"pong"}""", await client.GetStringAsync("/ping"));
            using var hello = await client.GetAsync("/v1/hello/gopher");
            Assert.Equal("""{"text":"Hello, gopher!"}""", await hello.Content.ReadAsStringAsync());
            Assert.StartsWith("app;dur=", Assert.Single(hello.Headers.GetValues("Server-Timing")));
            Assert.Equal("""{"text":"42"}""", await client.GetStringAsync("/v1/sum/40/2"));
            Assert.Equal(400, await StatusAsync(client, HttpMethod.Get, "/v1/sum/40/two"));
            Assert.Equal(201, await StatusAsync(client, HttpMethod.Post, "/v1/messages", Json("""{"text":"hi"}""")));
            Assert.Equal(401, await StatusAsync(client, HttpMethod.Get, "/v1/admin/routes"));
            using var admin = new HttpRequestMessage(HttpMethod.Get, "/v1/admin/routes") { Headers = { Authorization = new("Basic", Convert.ToBase64String("admin:sesame"u8)) } };
            using var routes = await client.SendAsync(admin);
            Assert.Contains("GET /v1/hello/{name}", await routes.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Api_answers_before_and_after_a_restart()
    {
        await using var server = ServerProcess.Start(ExampleProcess.Program, ["api", "127.0.0.1:0"], new Dictionary<string, string?> { ["API_TOKEN"] = Token });
        await server.ListeningAsync();
        using var client = NewClient(server);
        await AskAsync();
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        await AskAsync();
        await server.StopAsync();

        async Task AskAsync()
        {
            using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi.json"));
            Assert.Equal(["/v1/quotes", "/v1/zones/{country}"], document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order());

            client.DefaultRequestHeaders.Authorization = null;
            Assert.Equal(401, await StatusAsync(client, HttpMethod.Get, "/v1/zones/de"));
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            Assert.Equal("""{"country":"DE","factor":1}""", await client.GetStringAsync("/v1/zones/de"));
            using var unknown = await client.GetAsync("/v1/zones/xx");
            Assert.Equal("application/problem+json", unknown.Content.Headers.ContentType?.MediaType);
            Assert.Contains("/problems/no-such-zone", await unknown.Content.ReadAsStringAsync());

            using var quote = await client.PostAsync("/v1/quotes", Json("""{"country":"CH","grams":2000}"""));
            Assert.Equal("""{"price":6.00,"currency":"EUR"}""", await quote.Content.ReadAsStringAsync());
            Assert.True(quote.Headers.Contains("RateLimit"));
            using var invalid = await client.PostAsync("/v1/quotes", Json("""{"country":"CH","grams":0}"""));
            Assert.Equal(HttpStatusCode.UnprocessableContent, invalid.StatusCode);
            using var problem = JsonDocument.Parse(await invalid.Content.ReadAsStringAsync());
            Assert.Equal("is 1 to 30,000", problem.RootElement.GetProperty("errors").GetProperty("grams")[0].GetString());

            await Deadline.UntilAsync(async () => await StatusAsync(client, HttpMethod.Get, "/v1/zones/de") == 429, "the rate limit is reached");
        }
    }

    [Fact]
    public async Task Api_keeps_the_token_that_it_made_over_a_restart()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["api", "127.0.0.1:0"]);
        var token = server.Output.Lines.First(line => line.StartsWith("Token: ", StringComparison.Ordinal))["Token: ".Length..];
        using var client = NewClient(server);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(200, await StatusAsync(client, HttpMethod.Get, "/v1/zones/at"));
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Equal(200, await StatusAsync(client, HttpMethod.Get, "/v1/zones/at"));
    }

    [Fact]
    public async Task Crud_is_as_long_as_it_says()
    {
        var lines = await File.ReadAllLinesAsync(Path.GetFullPath("../../Endless.Examples/Crud/CrudServer.cs", Path.GetDirectoryName(Here())!));
        Assert.InRange(lines.Length, 1, 45);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 200));

        static string Here([CallerFilePath] string path = "") => path;
    }

    [Fact]
    public async Task Crud_does_all_that_it_says_before_and_after_a_restart()
    {
        using var directory = new TempDirectory();
        await using var backend = await ServerProcess.StartAsync(ExampleProcess.Program, ["hello", "127.0.0.1:0"]);
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["crud", "127.0.0.1:0", directory["crud.db"], backend.Url]);
        using var client = NewClient(server);
        Assert.Equal(401, await StatusAsync(client, HttpMethod.Post, "/api/articles", Json("""{"title":"no"}""")));
        Assert.Equal(401, await StatusAsync(client, HttpMethod.Post, "/login", Form("wrong")));
        Assert.Equal(200, await StatusAsync(client, HttpMethod.Post, "/login", Form("correct horse battery staple")));
        await AskAsync(1);
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        await AskAsync(2); // the login holds
        await server.Output.WaitForAsync(line => line.Contains("\"DELETE /api/articles/2 HTTP/1.1\" 200", StringComparison.Ordinal), 1); // the access log
        await server.StopAsync();

        async Task AskAsync(int id)
        {
            using var live = new ClientWebSocket();
            await live.ConnectAsync(new Uri($"ws://{server.Addresses[0]}/live"), CancellationToken.None).WaitAsync(Deadline.Default);

            using var added = await client.PostAsync("/api/articles", Json($$"""{"title":"first","text":"{{new string('x', 2000)}}"}"""));
            Assert.Equal(HttpStatusCode.Created, added.StatusCode);
            Assert.Contains("\"title\":\"first\"", await ReceiveAsync(live));
            Assert.Equal(200, await StatusAsync(client, HttpMethod.Put, $"/api/articles/{id}", Json($$"""{"title":"second","text":"{{new string('x', 2000)}}"}""")));
            Assert.Contains("\"title\":\"second\"", await ReceiveAsync(live));
            Assert.Contains("\"title\":\"second\"", await client.GetStringAsync($"/api/articles/{id}"));
            Assert.Equal(400, await StatusAsync(client, HttpMethod.Post, "/api/articles", Json("{}")));
            Assert.Equal(404, await StatusAsync(client, HttpMethod.Get, "/api/articles/99"));

            using var picture = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "picture", "cat.png" } };
            Assert.Equal(200, await StatusAsync(client, HttpMethod.Post, $"/api/articles/{id}/picture", picture));
            Assert.Equal([1, 2, 3], await client.GetByteArrayAsync($"/api/articles/{id}/picture"));

            using var other = new HttpRequestMessage(HttpMethod.Get, "/api/articles") { Headers = { { "Origin", "https://app.example" }, { "Accept-Encoding", "gzip" } } };
            using var list = await client.SendAsync(other);
            Assert.Equal("https://app.example", Assert.Single(list.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Equal("gzip", Assert.Single(list.Content.Headers.ContentEncoding));

            using var navigation = new HttpRequestMessage(HttpMethod.Get, "/articles/first") { Headers = { { "Accept", "text/html" } } };
            using var page = await client.SendAsync(navigation);
            Assert.Contains("<title>Articles</title>", await page.Content.ReadAsStringAsync());
            Assert.Equal("Hello Zero-Downtime!", await client.GetStringAsync("/old/anything"));
            Assert.Equal(200, await StatusAsync(client, HttpMethod.Delete, $"/api/articles/{id}"));
            Assert.Equal("[]", await client.GetStringAsync("/api/articles"));
            if (id == 2) await Deadline.UntilAsync(async () => await StatusAsync(client, HttpMethod.Get, "/api/articles") == 429, "the rate limit is reached");
        }

        static FormUrlEncodedContent Form(string password) => new(new Dictionary<string, string> { ["name"] = "ada", ["password"] = password });
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[8 * 1024];
        var message = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Deadline.Default);
        return Encoding.UTF8.GetString(buffer, 0, message.Count);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<int> StatusAsync(HttpClient client, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    /// <summary>Keeps cookies, and no connection that a draining server would have to be patient with.</summary>
    private static HttpClient NewClient(ServerProcess server) => new() { BaseAddress = new Uri(server.Url), DefaultRequestHeaders = { ConnectionClose = true } };
}
