using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What endpoints do has the same effect on both servers, on the client and on the endpoint.</summary>
public sealed class BehaviourTests
{
    private static readonly Explanation[] Explanations =
    [
        .. CommonExplanations.All,
        new(static difference => difference is { Key: "client: header connection", Kestrel: null, Endless: "close" }, "The connection ends, and the client is told; Kestrel just closes."),
        .. new[] { "too long in the second write", "more than a length to HEAD", "length zero and a body" }.Select(static name => new Explanation(name, "client: next", "The write that is too much is refused before any of it is sent: the response is whole, and the connection good.")),
        new("chunked by the application", "client: body", "Response splitting: the engine alone frames a body; Kestrel sends what the application calls chunks."),
        new("transfer-encoding and length", "client: body", "The same."),
        new("no length to a client of HTTP/1.0", "client: framing", "The length of a body that was written whole is told."),
        new("header value %20spaced%20", "client: header *", "Spaces around a value are none of it (RFC 9110 section 5.5)."),
        new("CompleteAsync", "flush*", "Kestrel lets it pass on HTTP/1.1 and throws on HTTP/2; it throws on both."),
        new("the writer's memory", "negative", "Kestrel lends memory for a negative size on HTTP/1.1, not on HTTP/2."),
        new("the body's stream", "write null", "As any stream."),
        new("a throw before the start to HEAD", "client: *", "That nothing would follow is not told to HEAD."),
        new("a throw after what is not flushed", "client: *", "Kestrel sends the bytes behind an empty 500: on HTTP/1.1 the client takes them for the next response."),
        new("1001 bytes*", "client: *", "What is left of a small body is read, and the connection kept; Kestrel closes."),
        new("5000 bytes*", "client: *", "The same."),
        new("too much*", "client: *", "The same."),
        new("the limit lowered", "client: *", "The same."),
        new("chunks cut short", "client: *", "A client that has ended its own side gets an answer; Kestrel just closes."),
        new("a length cut short", "client: *", "The same."),
        new("expected", "client: interim", "Kestrel leaves it out where the body has come."),
        new("expected something else", "*", "An expectation that cannot be met is refused with 417 (RFC 9110 section 10.1.1)."),
        new("chunks with a trailer of Latin-1", "read", "Kestrel fails by its decoder's exception, and closes; here it is a bad request, as a field of the head is."),
        new("chunks with a trailer of Latin-1", "client: next", "The same."),
        new("trailers without a body", "client: framing", "The length is not told where trailers follow."),
        new("trailers without a body", "client: header content-length", "The same."),
        new("a client that leaves in an upload", "read", "Both are an IOException; ours is the one of a body that is not whole."),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Responses_are_the_same(int version) => CompareAsync([.. ResponseCases.All, .. ResponseBodyCases.All], version);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Callbacks_and_exceptions_are_the_same(int version) => CompareAsync(StartingCases.All, version);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Bodies_of_requests_are_the_same(int version) => CompareAsync(ContentCases.All, version, static application => application.Use(static (context, next) =>
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = ContentCases.Limit;
        return next(context);
    }));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Ends_upgrades_and_files_are_the_same(int version) => CompareAsync(ConnectionCases.All, version, static application => application.UseWebSockets());

    private static async Task CompareAsync(IEnumerable<BehaviourCase> cases, int version, Action<WebApplication>? build = null) => Explanation.AssertAll(await BehaviourHost.CompareAsync([.. cases], version, build: build), Explanations);
}
