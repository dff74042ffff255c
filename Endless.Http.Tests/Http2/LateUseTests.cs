using System.Buffers;
using System.Text;
using Endless.Http.Http2.Frames;
using Endless.Http.Load;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http2;

/// <summary>Handlers that use what they were given when the request is over, while the connection and its reused streams serve others.</summary>
public sealed class LateUseTests
{
    [Fact]
    public async Task A_late_call_is_refused_told_once_and_reaches_no_other_stream()
    {
        (ResponseWriter Writer, Request Request)? kept = null;
        var refused = new List<Exception?>();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            await w.WriteAsync(r.Path);
            if (kept is not var (lateWriter, lateRequest))
            {
                kept = (w, r);
                return;
            }
            refused.Add(await Record.ExceptionAsync(() => lateWriter.WriteAsync("late")));
            refused.Add(await Record.ExceptionAsync(() => lateWriter.FlushAsync()));
            refused.Add(Record.Exception(() => lateWriter.Header.Set("x", "late")));
            refused.Add(Record.Exception(() => lateRequest.Header["x"]));
            Assert.Equal("/1", lateRequest.Path);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id < 20; id += 2)
        {
            var response = await client.RoundTripAsync(id, path: $"/{id}", fields: ("x", $"{id}"));
            Assert.Equal((200, $"/{id}", null), (response.Status, response.Text, response["x"]));
        }
        Assert.All(refused, e => Assert.Contains("GET /1", Assert.IsType<InvalidOperationException>(e).Message, StringComparison.Ordinal));
        Assert.Contains("GET /1", Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Error).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_is_known_while_the_response_waits_for_the_end_of_the_request()
    {
        var answered = new TaskCompletionSource<ResponseWriter>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new Http2Fixture((w, r) => { answered.SetResult(w); });
        await server.Client.HandshakeAsync();
        server.Client.Request(1, "POST", endStream: false);
        await server.Client.SendAsync();
        var kept = await answered.Task.WaitAsync(Deadline.Default);
        await Deadline.UntilAsync(() => kept.StatusCode == 200, "the request is over");
        server.Client.Frames.WriteData(1, [], endStream: true);
        await server.Client.SendAsync();
        Assert.Equal(200, (await server.Client.ReadResponseAsync(1)).Status);
    }

    [Fact]
    public async Task A_write_that_nobody_awaits_is_finished_before_its_stream_is()
    {
        var body = new byte[4 << 20];
        new Random(1).NextBytes(body);
        await using var server = new Http2Fixture((w, r) =>
        {
            if (r.Path == "/large") _ = w.WriteAsync(body);
            else w.Write("small");
        });
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 8 << 20));
        client.Frames.WriteWindowUpdate(0, 8 << 20);
        client.Request(1, path: "/large");
        client.Request(3);
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3);
        Assert.Equal(body, responses[1].Body);
        Assert.Equal("small", responses[3].Text);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_write_beside_another_is_refused_and_its_stream_is_reset()
    {
        Exception? refused = null;
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path != "/overlap") return;
            var first = w.WriteAsync(new byte[1 << 20]);
            refused = await Record.ExceptionAsync(() => w.WriteAsync("beside"));
            await first;
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, path: "/overlap");
        client.Frames.WriteWindowUpdate(0, 1 << 20);
        client.Frames.WriteWindowUpdate(1, 1 << 20);
        await client.SendAsync();
        Assert.Equal(ErrorCode.InternalError, (await client.ReadResponseAsync(1)).Reset);
        Assert.IsType<InvalidOperationException>(refused);
        Assert.Contains("GET /overlap", Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Error).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
    }

    [Fact]
    public async Task A_read_that_is_left_behind_ends_before_the_response_does()
    {
        Task? reading = null;
        await using var server = new Http2Fixture((w, r) =>
        {
            if (r.Method == "POST") reading = r.Body.ReadAsync().AsTask();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/upload", endStream: false);
        await client.SendAsync();
        Assert.Equal(200, (await client.ReadResponseAsync(1)).Status);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => reading!);
        Assert.Contains("POST /upload", refused.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
    }

    [Fact]
    public async Task A_result_that_was_not_advanced_over_is_never_overwritten()
    {
        ReadOnlySequence<byte>? kept = null;
        await using var server = new Http2Fixture(async (_, r) =>
        {
            var result = await r.Body.ReadAsync();
            kept ??= result.Buffer;
            if (r.Path != "/first") r.Body.AdvanceTo(result.Buffer.End);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id < 200; id += 2)
        {
            client.Request(id, "POST", id == 1 ? "/first" : "/later", endStream: false);
            client.Frames.WriteData(id, Encoding.ASCII.GetBytes(new string(id == 1 ? 'A' : 'B', 10)), endStream: true);
            await client.SendAsync();
            Assert.Equal(200, (await client.ReadResponseAsync(id)).Status);
        }
        Assert.Equal(new string('A', 10), Encoding.ASCII.GetString(kept!.Value.ToArray()));
    }
}
