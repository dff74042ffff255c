using System.IO.Pipelines;
using System.Net;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Json;

public sealed class JsonSequenceTests
{
    [Theory]
    [InlineData("application/json", " [ 1 , 2,3 ] ", "1 2 3")]
    [InlineData("application/json", "[]", "")]
    [InlineData("application/json", "[ ]\n", "")]
    [InlineData("application/x-ndjson", "1\n2\r\n\n 3", "1 2 3")]
    [InlineData("application/jsonl", "1\n2\n", "1 2")]
    [InlineData("application/jsonl", "", "")]
    public async Task Elements_are_read_in_order(string type, string body, string expected)
    {
        Assert.Equal(expected, string.Join(' ', await ReadAsync(type, body, whole: true)));
        Assert.Equal(expected, string.Join(' ', await ReadAsync(type, body, whole: false)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("[1")]
    [InlineData("[1,")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1,,2]")]
    [InlineData("[1}]")]
    [InlineData("[[1}]")]
    [InlineData("{}")]
    [InlineData("[1]x")]
    [InlineData("[1][2]")]
    [InlineData("[\"a")]
    [InlineData("[null]")]
    public async Task A_malformed_array_is_400(string body)
    {
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync("application/json", body, whole: true))).StatusCode);
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync("application/json", body, whole: false))).StatusCode);
    }

    [Fact]
    public async Task Marks_within_strings_end_nothing()
    {
        string[] texts = ["a,b", "]}", "\"\\", "[{", "", "\u1234\ud834\udd1e"];
        var body = System.Text.Json.JsonSerializer.Serialize(texts);
        Assert.Equal(texts, await ReadAsync(body, Shop.Default.String, new JsonReadOptions()));
        Assert.Equal(["{\"a\":[1,2]}", "[3,[4]]"], (await ReadAsync("[{\"a\":[1,2]},[3,[4]]]", Shop.Default.JsonElement, new JsonReadOptions())).Select(one => one.GetRawText()));
    }

    [Fact]
    public async Task An_element_is_given_before_the_next_has_come()
    {
        var pipe = new Pipe();
        var r = Request(pipe, "application/json");
        await using var elements = r.ReadJsonSequenceAsync(Shop.Default.Int32).GetAsyncEnumerator();
        await pipe.Writer.WriteAsync("[1,2"u8.ToArray());
        Assert.True(await elements.MoveNextAsync().AsTask().WaitAsync(Deadline.Default));
        var second = elements.MoveNextAsync().AsTask();
        Assert.False(second.IsCompleted);
        await pipe.Writer.WriteAsync("2]"u8.ToArray());
        Assert.True(await second.WaitAsync(Deadline.Default));
        Assert.Equal(22, elements.Current);
        await pipe.Writer.CompleteAsync();
        Assert.False(await elements.MoveNextAsync().AsTask().WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData("application/json", "[\"xxxxxxxxxxxxxxxxxxxx\"]")]
    [InlineData("application/json", "[\"xxxxxxxxxxxxxxxxxxxx")]
    [InlineData("application/x-ndjson", "\"xxxxxxxxxxxxxxxxxxxx")]
    [InlineData("application/x-ndjson", "\"xxxxxxxxxxxxxxxxxxxx\"\n")]
    public async Task A_large_element_is_413(string type, string body)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(body));
        await Assert.ThrowsAsync<MaxBytesException>(async () => await Request(pipe, type).ReadJsonSequenceAsync(Shop.Default.String, new JsonReadOptions { MaxBytes = 16 }).ToListAsync().AsTask().WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task Too_many_elements_are_413()
    {
        var options = new JsonReadOptions { MaxElements = 2 };
        Assert.Equal(["a", "b"], await ReadAsync("[\"a\",\"b\"]", Shop.Default.String, options));
        Assert.Equal(413, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync("[\"a\",\"b\",\"c\"]", Shop.Default.String, options))).StatusCode);
    }

    [Fact]
    public async Task The_element_that_is_wrong_is_named()
    {
        var error = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync("[{\"customer\":\"Ada\"},{\"customer\":1}]", Shop.Default.Order, new JsonReadOptions()));
        Assert.Contains("$[1].customer", error.Message);
    }

    [Theory]
    [InlineData(JsonSequenceFormat.Array, 0, "application/json", "[]")]
    [InlineData(JsonSequenceFormat.Array, 3, "application/json", "[0,1,2]")]
    [InlineData(JsonSequenceFormat.Lines, 0, "application/x-ndjson", "")]
    [InlineData(JsonSequenceFormat.Lines, 3, "application/x-ndjson", "0\n1\n2\n")]
    public async Task A_sequence_is_written(JsonSequenceFormat format, int count, string type, string expected)
    {
        foreach (var waits in new[] { false, true })
        {
            var w = await ResponseRecorder.RecordAsync((w, r) => w.WriteJsonSequenceAsync(Numbers(count, waits), Shop.Default.Int32, format), new RequestBuilder("GET", "/").Build());
            Assert.Equal((type, expected), (w.SentHeader["Content-Type"], w.Text));
        }
    }

    [Fact]
    public async Task What_there_is_is_sent_while_the_source_waits()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TestServer.InMemory((w, r) => w.WriteJsonSequenceAsync(Source(), Shop.Default.Int32, JsonSequenceFormat.Lines, r.Cancellation));
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var client = server.CreateClient(version);
            using var stream = new StreamReader(await client.GetStreamAsync("/"));
            Assert.Equal("1", await stream.ReadLineAsync().WaitAsync(Deadline.Default));
            more.SetResult();
            Assert.Equal("2", await stream.ReadLineAsync().WaitAsync(Deadline.Default));
            Assert.Null(await stream.ReadLineAsync().WaitAsync(Deadline.Default));
        }

        async IAsyncEnumerable<int> Source()
        {
            yield return 1;
            await more.Task;
            yield return 2;
        }
    }

    [Fact]
    public async Task A_source_that_fails_at_first_is_a_500_and_later_a_broken_response()
    {
        await using var server = TestServer.InMemory((w, r) => w.WriteJsonSequenceAsync(Failing(r.Path == "/late" ? 1 : 0), Shop.Default.Int32));
        using var early = await server.Client.GetAsync("/early");
        Assert.Equal(HttpStatusCode.InternalServerError, early.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync("/late"));

        static async IAsyncEnumerable<int> Failing(int count)
        {
            for (var i = 0; i < count; i++) yield return i;
            await Task.Delay(1);
            throw new InvalidOperationException("the source failed");
        }
    }

    private static async IAsyncEnumerable<int> Numbers(int count, bool waits)
    {
        for (var i = 0; i < count; i++)
        {
            if (waits) await Task.Yield();
            yield return i;
        }
    }

    private static async Task<List<int>> ReadAsync(string type, string body, bool whole)
    {
        var pipe = new Pipe();
        var reading = Request(pipe, type).ReadJsonSequenceAsync(Shop.Default.Int32).ToListAsync().AsTask();
        if (whole) await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(body));
        else foreach (var one in Encoding.UTF8.GetBytes(body)) await pipe.Writer.WriteAsync(new[] { one });
        await pipe.Writer.CompleteAsync();
        return await reading.WaitAsync(Deadline.Default);
    }

    private static async Task<List<T>> ReadAsync<T>(string body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, JsonReadOptions options) =>
        await new RequestBuilder("POST", "/").Body(body, "application/json").Build().ReadJsonSequenceAsync(type, options).ToListAsync();

    private static Request Request(Pipe pipe, string type)
    {
        var r = new Request("POST", "/");
        r.Header.Set("Content-Type", type);
        return new Request(r) { Body = pipe.Reader };
    }
}
