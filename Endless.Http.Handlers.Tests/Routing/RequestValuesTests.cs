using System.Globalization;
using System.Net;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Routing;

public sealed class RequestValuesTests
{
    [Fact]
    public async Task Values_are_parsed_in_the_invariant_culture()
    {
        var mux = new ServeMux();
        mux.Get("/{id}/{big}/{key}/{price}/{day}/{rest...}", (w, r) => w.Write(string.Create(CultureInfo.InvariantCulture,
            $"{r.PathInt("id")} {r.PathLong("big")} {r.PathGuid("key")} {r.PathValue<decimal>("price")} {r.PathValue<DateOnly>("day"):yyyy-MM-dd} {r.PathValue<string>("rest")}")));
        var w = await RouterTests.AskAsync(mux, "GET", "/-7/9223372036854775807/0c6ad70a-3c3c-4a4b-a6a7-0e5bd1dfb5ab/1.5/2026-02-28/%20a/b");
        Assert.Equal("-7 9223372036854775807 0c6ad70a-3c3c-4a4b-a6a7-0e5bd1dfb5ab 1.5 2026-02-28  a/b", w.Text);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("2147483648")]
    [InlineData("-2147483649")]
    [InlineData("1.0")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("1e3")]
    [InlineData("%207")]
    [InlineData("7%20")]
    [InlineData("7%0A")]
    [InlineData("7%C2%A0")]
    [InlineData("%EF%BC%97")]
    [InlineData("99999999999999999999999999999999999999")]
    public async Task A_bad_path_value_is_answered_with_400_and_the_reason(string value)
    {
        var mux = new ServeMux();
        mux.Get("/items/{id...}", (w, r) => w.Write($"{r.PathInt("id")}"));
        var w = await RouterTests.AskAsync(mux, "GET", "/items/" + value);
        Assert.Equal((400, "400 Bad Request: id in the path is no whole number from -2147483648 to 2147483647\n"), (w.StatusCode, w.Text));
    }

    [Theory]
    [InlineData("", "1 10 False")]
    [InlineData("page=3&size=5&all=true&page=x", "3 5 True")]
    [InlineData("page=&size=5", null)]
    [InlineData("page", null)]
    [InlineData("page=x", null)]
    [InlineData("page=7%00", null)]
    [InlineData("page=+7", null)]
    [InlineData("all=1", null)]
    public async Task A_query_has_a_default_for_what_is_absent_and_400_for_what_is_bad(string query, string? expected)
    {
        var handler = Handler.From((w, r) => w.Write($"{r.QueryInt("page", 1)} {r.QueryValue("size", 10L)} {r.QueryValue("all", false)}"));
        var w = await RouterTests.AskAsync(handler, "GET", "/?" + query);
        if (expected is null) Assert.Equal(400, w.StatusCode);
        else Assert.Equal(expected, w.Text);
    }

    [Fact]
    public async Task A_key_that_is_needed_and_absent_is_a_400_that_names_it()
    {
        var w = await RouterTests.AskAsync(Handler.From((w, r) => w.Write($"{r.QueryInt("page")}")), "GET", "/?other=1");
        Assert.Equal((400, "400 Bad Request: the query has no page\n"), (w.StatusCode, w.Text));
    }

    [Fact]
    public async Task Try_says_false_and_throws_nothing()
    {
        var mux = new ServeMux();
        mux.Get("/{id}", (w, r) => w.Write($"{r.TryPathValue("id", out int id)} {id} {r.TryQueryValue("a", out Guid a)} {r.TryQueryValue("b", out long b)} {b}"));
        Assert.Equal("False 0 False True 5", (await RouterTests.AskAsync(mux, "GET", "/x?b=5")).Text);
        Assert.Equal("True 7 False False 0", (await RouterTests.AskAsync(mux, "GET", "/7?a=1")).Text);
    }

    [Fact]
    public async Task A_wildcard_that_the_pattern_lacks_is_the_programs_mistake()
    {
        var mux = new ServeMux();
        mux.Get("/{id}", (w, r) => w.Write($"{r.PathInt("it")}"));
        Assert.Contains("GET /{id}", (await Assert.ThrowsAsync<InvalidOperationException>(() => RouterTests.AskAsync(mux, "GET", "/7"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_connection_goes_on_after_bad_values(string version)
    {
        var mux = new ServeMux();
        mux.Get("/{id}", (w, r) => w.Write($"{r.PathInt("id")}"));
        await using var server = TestServer.InMemory(mux);
        foreach (var (target, status) in ((string, HttpStatusCode)[])[("/x", HttpStatusCode.BadRequest), ("/7", HttpStatusCode.OK), ("/%20", HttpStatusCode.BadRequest), ("/8", HttpStatusCode.OK)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, target) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await server.Client.SendAsync(request).WaitAsync(Deadline.Default);
            Assert.Equal(status, response.StatusCode);
            Assert.NotEqual(true, response.Headers.ConnectionClose);
        }
    }
}
