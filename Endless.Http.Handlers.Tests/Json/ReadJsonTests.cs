using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Json;

public sealed class ReadJsonTests
{
    [Fact]
    public async Task A_value_is_read_with_the_web_defaults()
    {
        var order = await ReadAsync("""{"customer":"Ada","colour":"Green","order-lines":[{"count":2,"article":"pen"}]}""");
        Assert.Equal(("Ada", Colour.Green, new Line(2, "pen")), (order.Customer, order.Colour, order.Lines.Single()));
        var r = Post("""{"CUSTOMER":"Ada"}""");
        Assert.Equal("Ada", (await r.ReadJsonAsync<Order>()).Customer);
    }

    [Fact]
    public async Task A_byte_order_mark_is_ignored() => Assert.Equal("Ada", (await ReadAsync("\uFEFF{\"customer\":\"Ada\"}")).Customer);

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/JSON; charset=UTF-8", true)]
    [InlineData("application/vnd.shop.order+json; charset=\"utf-8\"", true)]
    [InlineData("application/json; charset=utf-16", false)]
    [InlineData("text/json", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("application/x-ndjson", false)]
    [InlineData("json", false)]
    [InlineData("", false)]
    public async Task Only_json_in_utf8_is_read(string contentType, bool isRead)
    {
        var r = new RequestBuilder("POST", "/").Body("""{"customer":"Ada"}""", contentType).Build();
        if (isRead) Assert.Equal("Ada", (await r.ReadJsonAsync(Shop.Default.Order)).Customer);
        else Assert.Equal(415, (await Assert.ThrowsAsync<ProblemException>(() => r.ReadJsonAsync(Shop.Default.Order))).StatusCode);
    }

    [Fact]
    public async Task An_encoded_body_that_nobody_decoded_is_415()
    {
        var r = new RequestBuilder("POST", "/").Header("Content-Encoding", "gzip").Body("xx", "application/json").Build();
        Assert.Equal(415, (await Assert.ThrowsAsync<ProblemException>(() => r.ReadJsonAsync(Shop.Default.Order))).StatusCode);
    }

    [Theory]
    [InlineData("", "The body is empty")]
    [InlineData(" \r\n", "The body is empty")]
    [InlineData("null", "is null")]
    [InlineData("{", "not well-formed")]
    [InlineData("{\"customer\":\"Ada\"", "not well-formed")]
    [InlineData("{customer:1}", "at $, line 1, byte 2: this is not well-formed JSON")]
    [InlineData("{\"customer\":\"Ada\",}", "not well-formed")]
    [InlineData("{\"customer\":\"Ada\"} x", "something follows the end")]
    [InlineData("{\"customer\":\"Ada\"}{}", "something follows the end")]
    [InlineData("{\"customer\":NaN}", "not well-formed")]
    [InlineData("// a\n{}", "not well-formed")]
    [InlineData("{\"customer\":\n5}", "at $.customer, line 2, byte 2: the value has a type or a form")]
    [InlineData("{\"customer\":\"Ada\",\"colour\":\"Blue\"}", "at $.colour, line 1, byte 34: the value has a type or a form")]
    [InlineData("{\"customer\":\"Ada\",\"order-lines\":[{\"count\":99999999999}]}", "at $.order-lines[0].count")]
    [InlineData("{}", "required members are missing: 'customer'")]
    [InlineData("{\"customer\":\"Ada\",\"customer\":\"Eve\"}", "there twice")]
    [InlineData("{\"customer\":\"Ada\",\"stock\":{\"a\":1,\"a\":2}}", "there twice")]
    [InlineData("[]", "the value has a type or a form")]
    [InlineData("\"\\ud800\"", "at $")]
    public async Task What_is_refused_says_where_and_why(string json, string expected)
    {
        var error = await Assert.ThrowsAsync<ProblemException>(() => Post(json).ReadJsonAsync(Shop.Default.Order));
        Assert.Equal(400, error.StatusCode);
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("Endless", error.Message); // no type of the program
        Assert.DoesNotContain("System.", error.Message);
    }

    [Fact]
    public async Task Invalid_utf8_is_400()
    {
        var r = new RequestBuilder("POST", "/").Body([(byte)'"', 0xFF, (byte)'"'], "application/json").Build();
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => r.ReadJsonAsync(Shop.Default.String))).StatusCode);
    }

    [Fact]
    public async Task Duplicates_are_taken_where_that_is_asked_for()
    {
        var order = await Post("""{"customer":"Ada","customer":"Eve"}""").ReadJsonAsync(Shop.Default.Order, new JsonReadOptions { AllowDuplicateProperties = true });
        Assert.Equal("Eve", order.Customer);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(100_000, false)]
    public async Task Deep_nesting_is_400(int depth, bool isRead)
    {
        var json = new string('[', depth) + new string(']', depth);
        if (isRead)
        {
            await Post(json).ReadJsonAsync(Shop.Default.JsonElement);
            return;
        }
        var error = await Assert.ThrowsAsync<ProblemException>(() => Post(json).ReadJsonAsync(Shop.Default.JsonElement));
        Assert.Equal((400, true), (error.StatusCode, error.Message.Contains("more than 32 arrays and objects", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_large_body_is_413_and_not_read()
    {
        var pipe = new Pipe();
        var r = new Request(Headed(new Request("POST", "/"))) { Body = pipe.Reader, ContentLength = 1024 * 1024 + 1 };
        var error = await Assert.ThrowsAsync<MaxBytesException>(() => r.ReadJsonAsync(Shop.Default.Order));
        Assert.Equal((413, 1024 * 1024), (error.StatusCode, error.Limit));
    }

    [Fact]
    public async Task A_large_body_of_unknown_length_is_413()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[101]); // and no end
        var r = new Request(Headed(new Request("POST", "/"))) { Body = pipe.Reader };
        await Assert.ThrowsAsync<MaxBytesException>(() => r.ReadJsonAsync(Shop.Default.Order, new JsonReadOptions { MaxBytes = 100 }).WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_read()
    {
        var json = """{"customer":"Ädä 𐍈","stock":{"a":1}}"""u8.ToArray();
        var pipe = new Pipe();
        var r = new Request(Headed(new Request("POST", "/"))) { Body = pipe.Reader };
        var reading = r.ReadJsonAsync(Shop.Default.Order);
        foreach (var one in json) await pipe.Writer.WriteAsync(new[] { one });
        await pipe.Writer.CompleteAsync();
        Assert.Equal("Ädä 𐍈", (await reading.WaitAsync(Deadline.Default)).Customer);
    }

    [Fact]
    public async Task A_body_in_two_segments_is_read()
    {
        var (first, second) = (new Segment("{\"customer\":\"A"u8.ToArray()), new Segment("da\"}"u8.ToArray()));
        first.Append(second);
        var r = new Request(Headed(new Request("POST", "/"))) { Body = PipeReader.Create(new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length)) };
        Assert.Equal("Ada", (await r.ReadJsonAsync(Shop.Default.Order)).Customer);
    }

    [Fact]
    public async Task A_million_members_are_refused_or_read_in_time()
    {
        var many = new StringBuilder("{\"customer\":\"Ada\",\"stock\":{");
        for (var i = 0; many.Length < 1_000_000; i++) many.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":1");
        var order = await ReadAsync(many.Append("}}").ToString()).WaitAsync(Deadline.Default);
        Assert.True(order.Stock.Count > 50_000);
        var same = "{\"customer\":\"Ada\"" + string.Concat(Enumerable.Repeat(",\"x\":1", 150_000)) + "}";
        await Post(same).ReadJsonAsync(Shop.Default.Order).WaitAsync(Deadline.Default); // not of the contract: skipped
    }

    [Fact]
    public async Task A_long_name_of_the_clients_is_cut()
    {
        var error = await Assert.ThrowsAsync<ProblemException>(() => Post($$$"""{"customer":"Ada","stock":{"{{{new string('x', 100_000)}}}":"y"}}""").ReadJsonAsync(Shop.Default.Order));
        Assert.True(error.Message.Length < 500, error.Message);
    }

    [Fact]
    public async Task Over_a_connection_a_refusal_is_an_answer_and_the_connection_goes_on()
    {
        await using var server = TestServer.InMemory(async (w, r) => await w.WriteJsonAsync((await r.ReadJsonAsync(Shop.Default.Order)).Customer, Shop.Default.String));
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            using var bad = await client.PostAsync("/", new StringContent("{\"customer\":<script>}", Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
            Assert.Equal("text/plain", bad.Content.Headers.ContentType!.MediaType);
            Assert.DoesNotContain("<script>", await bad.Content.ReadAsStringAsync());
            using var good = await client.PostAsync("/", new StringContent("{\"customer\":\"<Ada>\"}", Encoding.UTF8, "application/json"));
            Assert.Equal("\"\\u003CAda\\u003E\"", await good.Content.ReadAsStringAsync());
            Assert.Equal("application/json", good.Content.Headers.ContentType!.ToString());
            using var large = await client.PostAsync("/", new StringContent(new string(' ', 1_100_000), Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        }
    }

    private static Task<Order> ReadAsync(string json) => Post(json).ReadJsonAsync(Shop.Default.Order);

    private static Request Post(string json) => new RequestBuilder("POST", "/").Body(json, "application/json").Build();

    private static Request Headed(Request r)
    {
        r.Header.Set("Content-Type", "application/json");
        return r;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes) => Memory = bytes;

        public void Append(Segment next)
        {
            next.RunningIndex = RunningIndex + Memory.Length;
            Next = next;
        }
    }
}
