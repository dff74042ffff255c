using System.Text.Json;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Json;

public sealed class WriteJsonTests
{
    [Fact]
    public async Task A_value_is_written_with_its_length_and_status()
    {
        var w = await ResponseRecorder.RecordAsync((w, r) => w.WriteJsonAsync(new Order { Customer = "Ada", Colour = Colour.Green }, Shop.Default.Order, 201), new RequestBuilder("GET", "/").Build());
        Assert.Equal("""{"customer":"Ada","colour":"Green","order-lines":[],"previous":null,"stock":{}}""", w.Text);
        Assert.Equal((201, "application/json", w.Body.Length.ToString()), (w.StatusCode, w.SentHeader["Content-Type"], w.SentHeader["Content-Length"]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [InlineData(300_000)]
    public async Task Any_size_has_a_length_and_is_whole(int count)
    {
        var numbers = Enumerable.Range(0, count).ToArray();
        for (var i = 0; i < 2; i++) // the second with the writer of the first
        {
            var w = await ResponseRecorder.RecordAsync((w, r) => w.WriteJsonAsync(numbers, Shop.Default.Int32Array), new RequestBuilder("GET", "/").Build());
            Assert.Equal(w.Body.Length.ToString(), w.SentHeader["Content-Length"]);
            Assert.Equal(numbers, JsonSerializer.Deserialize<int[]>(w.Body));
        }
    }

    [Fact]
    public async Task By_reflection_with_options_of_its_own()
    {
        var options = new JsonSerializerOptions { WriteIndented = true, IndentSize = 1, NewLine = "\n" };
        var w = await ResponseRecorder.RecordAsync((w, r) => w.WriteJsonAsync(new { Name = "Ada" }, options: options), new RequestBuilder("GET", "/").Build());
        Assert.Equal("{\n \"Name\": \"Ada\"\n}", w.Text);
        w = await ResponseRecorder.RecordAsync((w, r) => w.WriteJsonAsync(new { Name = "<Ada>" }), new RequestBuilder("GET", "/").Build());
        Assert.Equal("{\"name\":\"\\u003CAda\\u003E\"}", w.Text);
    }

    [Fact]
    public async Task A_value_that_cannot_be_written_leaves_the_response_untouched()
    {
        var w = await ResponseRecorder.RecordAsync(
            async (w, r) =>
            {
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await w.WriteJsonAsync(new Throwing()));
                Assert.False(w.HasStarted);
                await w.WriteJsonAsync(1, Shop.Default.Int32);
            },
            new RequestBuilder("GET", "/").Build());
        Assert.Equal("1", w.Text);
    }

    [Fact]
    public async Task Problem_details_have_the_members_of_the_rfc()
    {
        var problem = new ProblemDetails(403, "Your balance is 30, and that costs \"50\"</script>.") { Type = "https://example.com/no-credit", Title = "No credit", Instance = "/account/1" };
        problem.Extensions["balance"] = 30;
        problem.Extensions["accounts"] = new System.Text.Json.Nodes.JsonArray("/a", "/b");
        problem.Extensions["nothing"] = null;
        problem.Extensions["status"] = 200; // is not sent
        problem.Errors["a\nb"] = ["is wrong"];
        var w = await ResponseRecorder.RecordAsync(
            (w, r) =>
            {
                w.Header["ETag"] = "\"1\"";
                w.Header["Content-Encoding"] = "gzip";
                w.Header["X-Request-Id"] = "1";
                return w.WriteProblemAsync(problem);
            },
            new RequestBuilder("GET", "/").Build());
        Assert.Equal(
            """{"type":"https://example.com/no-credit","title":"No credit","status":403,"detail":"Your balance is 30, and that costs \u002250\u0022\u003C/script\u003E.","instance":"/account/1","errors":{"a\nb":["is wrong"]},"balance":30,"accounts":["/a","/b"],"nothing":null}""",
            w.Text);
        Assert.Equal((403, "application/problem+json", null, null, "1"), (w.StatusCode, w.SentHeader["Content-Type"], w.SentHeader["ETag"], w.SentHeader["Content-Encoding"], w.SentHeader["X-Request-Id"]));
    }

    [Fact]
    public async Task A_kind_without_a_uri_has_the_phrase_of_its_status()
    {
        var w = await ResponseRecorder.RecordAsync((w, r) => w.WriteProblemAsync(new ProblemDetails(404)), new RequestBuilder("GET", "/").Build());
        Assert.Equal("""{"title":"Not Found","status":404}""", w.Text);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProblemDetails(200));
    }

    private sealed class Throwing
    {
        public int Value => throw new InvalidOperationException("no");
    }
}
