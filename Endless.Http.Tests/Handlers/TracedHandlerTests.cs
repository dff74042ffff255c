using System.Diagnostics;
using Endless.Http.Metrics;
using Endless.Http.Pipeline;
using Endless.Http.Tests.Messages;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Handlers;

/// <summary>Spans of requests as a listener of the activity source gets them.</summary>
public sealed class TracedHandlerTests : IDisposable
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly TaskCompletionSource<Activity> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _path = $"/{Guid.NewGuid():N}"; // other tests' requests are heard too
    private ActivityListener? _listener;

    public void Dispose() => _listener?.Dispose();

    private void Listen()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Endless.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                Equals(options.Tags?.FirstOrDefault(tag => tag.Key == "url.path").Value, _path) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity => _stopped.TrySetResult(activity),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private async Task<Activity> RequestAsync(Action<HttpRequestMessage> configure, HandlerFunc handler)
    {
        Listen();
        var mux = new ServeMux();
        mux.HandleFunc("GET /{id}", handler);
        using var fixture = await ServerFixture.StartAsync(mux);
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{fixture.Server.LocalEndPoint}{_path}?q=1");
        configure(request);
        using var response = await client.SendAsync(request).WaitAsync(ServerFixture.Deadline);
        return await _stopped.Task.WaitAsync(ServerFixture.Deadline);
    }

    [Fact]
    public async Task A_request_is_a_span_with_the_names_of_the_conventions()
    {
        Activity? seen = null;
        var span = await RequestAsync(request => request.Headers.UserAgent.ParseAdd("test/1"), (w, _) =>
        {
            seen = Activity.Current;
            w.Write("hello");
        });
        Assert.Same(span, seen); // what the handler calls in turn is its child
        Assert.Equal(("GET /{id}", ActivityKind.Server), (span.DisplayName, span.Kind));
        Assert.Null(span.Parent);
        Assert.Equal(default, span.ParentSpanId);
        var tags = span.TagObjects.ToDictionary();
        Assert.Equal("GET", tags["http.request.method"]);
        Assert.Equal(_path, tags["url.path"]);
        Assert.Equal("q=REDACTED", tags["url.query"]);
        Assert.Equal("http", tags["url.scheme"]);
        Assert.Equal("/{id}", tags["http.route"]);
        Assert.Equal(200, tags["http.response.status_code"]);
        Assert.Equal("1.1", tags["network.protocol.version"]);
        Assert.Equal("127.0.0.1", tags["client.address"]);
        Assert.Equal("test/1", tags["user_agent.original"]);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task A_client_s_span_is_its_parent()
    {
        var span = await RequestAsync(request =>
        {
            request.Headers.TryAddWithoutValidation("traceparent", Parent);
            request.Headers.TryAddWithoutValidation("tracestate", "a=1,b=2");
        }, (w, _) => w.Write("hello"));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", span.TraceId.ToString());
        Assert.Equal("b7ad6b7169203331", span.ParentSpanId.ToString());
        Assert.Equal("a=1,b=2", span.TraceStateString);
        Assert.True(span.HasRemoteParent);
    }

    [Theory]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-")]
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like")]
    [InlineData("fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-09-.")]
    public async Task A_trace_parent_of_a_later_version_is_read_as_far_as_it_is_known(string parent)
    {
        var span = await RequestAsync(request => request.Headers.TryAddWithoutValidation("traceparent", parent), (w, _) => w.Write("hello"));
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (span.TraceId.ToString(), span.ParentSpanId.ToString()));
        Assert.Equal(ActivityTraceFlags.Recorded, span.ActivityTraceFlags);
    }

    [Theory]
    [InlineData("a.example:8080", "a.example", 8080)]
    [InlineData("a.example", "a.example", 80)]
    [InlineData("a.example.:", "a.example.", 80)]
    [InlineData("[::1]:81", "::1", 81)]
    [InlineData("[::1]", "::1", 80)]
    public async Task The_server_s_address_is_what_the_client_asked_for(string host, string address, int port)
    {
        var span = await RequestAsync(request => request.Headers.Host = host, (w, _) => w.Write("hello"));
        Assert.Equal((address, port), (span.GetTagItem("server.address"), span.GetTagItem("server.port")));
    }

    [Theory]
    [InlineData("?token=s3cret&page=2", "token=REDACTED&page=REDACTED")]
    [InlineData("?s3cret", "REDACTED")]
    [InlineData("?a=&s3cret&=s3cret&b=s3=cret", "a=REDACTED&REDACTED&=REDACTED&b=REDACTED")]
    [InlineData("?", null)]
    public async Task Values_of_a_query_are_not_recorded(string query, string? recorded)
    {
        var span = await RequestAsync(request => request.RequestUri = new Uri($"{request.RequestUri!.GetLeftPart(UriPartial.Path)}{query}"), (w, _) => w.Write("hello"));
        Assert.Equal(recorded, span.GetTagItem("url.query"));
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more")]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0")]
    [InlineData("0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task What_is_no_trace_context_begins_a_new_trace(string parent)
    {
        var span = await RequestAsync(request => request.Headers.TryAddWithoutValidation("traceparent", parent), (w, _) => w.Write("hello"));
        Assert.Equal(default, span.ParentSpanId);
        Assert.NotEqual(default, span.TraceId);
    }

    [Fact]
    public async Task A_server_s_error_is_the_span_s()
    {
        var span = await RequestAsync(_ => { }, (_, _) => throw new InvalidOperationException("thrown as asked for"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("System.InvalidOperationException", span.GetTagItem("error.type"));
        Assert.Equal(500, span.GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task A_client_s_error_is_not()
    {
        var span = await RequestAsync(_ => { }, (w, _) => w.WriteHeader(404));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(404, span.GetTagItem("http.response.status_code"));
    }

    [Theory]
    [InlineData(404, ActivityStatusCode.Unset)]
    [InlineData(503, ActivityStatusCode.Error)]
    public async Task A_status_that_a_handler_throws_is_the_span_s(int status, ActivityStatusCode expected)
    {
        var span = await RequestAsync(_ => { }, (_, _) => throw new HttpErrorException(status, "as asked for"));
        Assert.Equal((expected, (object)status), (span.Status, span.GetTagItem("http.response.status_code")));
    }

    [Fact]
    public void Without_a_listener_nothing_is_allocated()
    {
        var handler = new TracedHandler(Handler.From((_, _) => { }), "http", new DiagnosticsLibrary());
        var request = FakeExchange.Request();
        for (var i = 0; i < 100; i++) _ = handler.ServeHttpAsync(null!, request);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) _ = handler.ServeHttpAsync(null!, request);
        // A test beside this one may listen for a while.
        if (!new ActivitySource("Endless.Http").HasListeners()) Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }
}
