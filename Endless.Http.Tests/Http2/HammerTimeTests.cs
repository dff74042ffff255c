using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Load;

namespace Endless.Http.Tests.Http2;

/// <summary>What clients are told of requests under way when the time to drain is over.</summary>
public sealed class HammerTimeTests
{
    private static readonly (string, string) Call = ("content-type", "application/grpc");

    private static readonly (string, string)[] Status = [("grpc-status", "14"), ("grpc-message", "The server is shutting down.")];

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("Application/gRPC; charset=utf-8")]
    public async Task A_call_whose_response_has_begun_ends_with_the_status_in_its_trailers(string type)
    {
        await using var server = Serve(async (w, r) =>
        {
            await w.WriteAsync("begun");
            await w.FlushAsync();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: true, ("content-type", type));
        await client.SendAsync();
        Assert.Equal("begun", await BodyAsync(client, 5));

        Assert.True(TryEnd(server));
        var trailers = await client.ReadAnswerAsync();
        Assert.Equal(Status, trailers.Fields!);
        Assert.True(trailers.Header.EndStream);
        await EndsAsync(server, lastStream: 1);
    }

    [Fact]
    public async Task A_call_without_a_response_so_far_is_answered_with_the_status_alone()
    {
        await using var server = Serve((_, _) => Task.CompletedTask);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: true, Call);
        await client.PingAsync();

        Assert.True(TryEnd(server));
        var answer = await client.ReadAnswerAsync();
        Assert.Equal([(":status", "200"), Call, .. Status], answer.Fields!);
        Assert.True(answer.Header.EndStream);
        await EndsAsync(server, lastStream: 1);
    }

    [Fact]
    public async Task A_client_that_still_sends_is_told_that_the_rest_is_not_wanted()
    {
        await using var server = Serve((_, _) => Task.CompletedTask);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false, Call);
        await client.PingAsync();

        Assert.True(TryEnd(server));
        Assert.True((await client.ReadAnswerAsync()).Header.EndStream);
        await client.ExpectResetAsync(1, ErrorCode.NoError);
        await EndsAsync(server, lastStream: 1);
    }

    /// <summary>.NET's client that meets the end of the connection before it has given up its request takes the status for lost: INTERNAL.</summary>
    [Fact]
    public async Task A_client_that_is_told_closes_the_connection_before_the_server_does()
    {
        var isShutDown = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Serve((_, _) => Task.CompletedTask);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false, Call);
        await client.PingAsync();
        Assert.False(server.Connection.IsWriteShutDown);

        // Its next read is the one that waits for the client.
        server.Connection.Reading = () => isShutDown.TrySetResult(server.Connection.IsWriteShutDown);
        Assert.True(TryEnd(server));
        Assert.False(await isShutDown.Task.WaitAsync(Deadline.Default));
        await client.ExpectResetAsync(1, ErrorCode.NoError);
        await EndsAsync(server, lastStream: 1);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_clients_window_ends_without_the_rest()
    {
        await using var server = Serve(async (w, r) =>
        {
            await w.WriteAsync("0123456789");
            await w.FlushAsync();
        });
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 4));
        client.Request(1, "POST", "/", endStream: true, Call);
        await client.SendAsync();
        Assert.Equal("0123", await BodyAsync(client, 4));

        Assert.True(TryEnd(server));
        var trailers = await client.ReadAnswerAsync();
        Assert.Equal(Status, trailers.Fields!);
        Assert.True(trailers.Header.EndStream);
        await EndsAsync(server, lastStream: 1);
    }

    /// <summary>grpc-web has its status in the body, whose state is the handler's.</summary>
    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData("application/json")]
    public async Task Of_other_requests_there_is_nothing_to_tell(string type)
    {
        await using var server = Serve((_, _) => Task.CompletedTask);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: true, ("content-type", type));
        await client.PingAsync();
        Assert.False(TryEnd(server));
    }

    [Fact]
    public async Task A_request_whose_handler_was_not_called_is_refused()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var paths = new List<string>();
        // The loop takes no other turn: nobody goes on in the place of the blocked handler.
        await using var server = new Http2Fixture(
            Handler.From((w, r) =>
            {
                paths.Add(r.Path);
                called.TrySetResult();
                goOn.Wait(Deadline.Default);
            }),
            select: true, turns: new());
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/called");
        client.Request(3, "POST", "/not-called");
        await client.SendAsync();
        await called.Task.WaitAsync(Deadline.Default);

        Assert.True(TryEnd(server));
        await client.ExpectResetAsync(3, ErrorCode.RefusedStream);
        goOn.Set();
        await client.ExpectEndAsync();
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        Assert.Equal(["/called"], paths);
        server.AssertQuietLog();
    }

    private static bool TryEnd(Http2Fixture server) => ((IProtocolEngine)server.Connection.Tag!).TryEndAtHammerTime();

    /// <summary>A server whose handler does something, and then waits until its request is cancelled.</summary>
    private Http2Fixture Serve(AsyncHandlerFunc begin) => new(
        Handler.From(async (w, r) =>
        {
            r.Cancellation.Register(() => _cancelled.TrySetResult());
            await begin(w, r);
            await _cancelled.Task;
            await w.WriteAsync("to nobody");
        }),
        select: true);

    private static async Task<string> BodyAsync(Http2Client client, int length)
    {
        var body = "";
        while (body.Length < length)
            if (await client.ReadAnswerAsync() is { Type: FrameType.Data } frame) body += frame.Text;
        return body;
    }

    /// <summary>The handler is told, GOAWAY says which requests were taken, and the connection ends.</summary>
    private async Task EndsAsync(Http2Fixture server, int lastStream)
    {
        var last = await server.Client.ReadAnswerAsync();
        Assert.Equal((FrameType.GoAway, lastStream, ErrorCode.NoError), (last.Type, last.First, last.Code));
        Assert.Null(await server.Client.ReadOrEndAsync());
        await _cancelled.Task.WaitAsync(Deadline.Default);
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        server.AssertQuietLog();
    }
}
