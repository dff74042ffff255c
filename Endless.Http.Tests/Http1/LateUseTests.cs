using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

/// <summary>Handlers that use what they were given when the request is over: the call is refused and told, and no other request hears of it.</summary>
public sealed class LateUseTests
{
    private const string First = "GET /first?x=1 HTTP/1.1\r\nHost: a\r\nCookie: first\r\n\r\n";
    private const string Second = "GET /second HTTP/1.1\r\nHost: a\r\nCookie: second\r\n\r\n";

    public static TheoryData<string> Uses => new(Calls.Keys);

    private static Dictionary<string, Action<ResponseWriter, Request>> Calls { get; } = new()
    {
        ["Write"] = (w, _) => w.Write("late"),
        ["WriteAsync"] = (w, _) => w.WriteAsync("late").GetAwaiter().GetResult(),
        ["large WriteAsync"] = (w, _) => w.WriteAsync(new byte[100_000]).GetAwaiter().GetResult(),
        ["WriteHeader"] = (w, _) => w.WriteHeader(404),
        ["Flush"] = (w, _) => w.Flush(),
        ["FlushAsync"] = (w, _) => w.FlushAsync().GetAwaiter().GetResult(),
        ["BodyWriter"] = (w, r) => _ = w.BodyWriter,
        ["Hijack"] = (w, _) => w.Hijack(),
        ["w.Header"] = (w, _) => w.Header.Set("X", "late"),
        ["w.Trailers"] = (w, _) => w.Trailers.Set("X", "late"),
        ["r.Header"] = (w, r) => _ = r.Header["Cookie"],
        ["r.Header of all"] = (_, r) => r.Header.ToArray(),
        ["r.Header.Remove"] = (_, r) => r.Header.Remove("Host"),
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task A_late_call_is_refused_told_once_and_changes_no_other_request(string use)
    {
        (ResponseWriter, Request)? kept = null;
        Exception? refused = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Write(r.Path + r.Header["Cookie"]);
            if (kept is not var (lateWriter, lateRequest))
            {
                kept = (w, r);
                return;
            }
            refused ??= Record.Exception(() => Calls[use](lateWriter, lateRequest));
            Assert.Throws<InvalidOperationException>(() => lateWriter.Write("again"));
        });
        await server.SendAsync(First);
        Assert.Equal("/firstfirst", (await server.Client.ReadAsync()).Text);
        Assert.Equal("/secondsecond", (await server.RoundTripAsync(Second)).Text);
        Assert.Contains("GET /first", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
        Assert.Contains("GET /first", Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Error).Text, StringComparison.Ordinal);
        Assert.Equal("/thirdsecond", (await server.RoundTripAsync(Second.Replace("/second ", "/third ", StringComparison.Ordinal))).Text);
    }

    [Fact]
    public async Task What_was_sent_once_and_for_all_stays_true()
    {
        Request? kept = null;
        ResponseWriter? w1 = null;
        string? cookie = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            if (kept is not null) return;
            (kept, w1) = (r, w);
            cookie = r.Header["Cookie"];
            r.Values["user"] = "alice";
            r.SetPathValue("id", "7");
            w.WriteHeader(202);
        });
        await server.RoundTripAsync(First);
        await server.RoundTripAsync(Second);
        Assert.Equal(("GET", "/first", "/first?x=1", "1", "a", "HTTP/1.1"), (kept!.Method, kept.Path, kept.Target, kept.Query["x"], kept.Host, kept.Protocol));
        Assert.Equal(("first", "alice", "7"), (cookie, kept.Values["user"], kept.PathValue("id")));
        Assert.True(kept.Cancellation.IsCancellationRequested);
        Assert.Equal(202, w1!.StatusCode);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task The_status_is_known_while_what_the_handler_left_is_sent()
    {
        ResponseWriter? kept = null;
        await using var server = new Http1Fixture(Handler.From((w, _) =>
        {
            kept = w;
            w.BodyWriter.GetMemory(200_000);
            w.BodyWriter.Advance(200_000); // the client does not take it yet
        }), pauseWriterThreshold: 1);
        await server.SendAsync(First);
        Assert.False(server.Serving.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => kept!.Header.Count); // the request is over
        Assert.Equal(200, kept!.StatusCode);
    }

    [Fact]
    public async Task A_write_that_nobody_awaits_is_finished_before_the_response_is()
    {
        var body = new byte[4 << 20];
        new Random(1).NextBytes(body);
        await using var server = new Http1Fixture((w, r) =>
        {
            if (r.Path == "/first") _ = w.WriteAsync(body);
            else w.Write("second");
        });
        await server.SendAsync(First + Second);
        Assert.Equal(body, (await server.Client.ReadAsync()).Body);
        Assert.Equal("second", (await server.Client.ReadAsync()).Text);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_write_beside_another_is_refused_and_the_response_does_not_look_whole()
    {
        Exception? refused = null;
        await using var server = new Http1Fixture(async (w, r) =>
        {
            var first = w.WriteAsync(new byte[1 << 20]);
            refused = Record.Exception(() => w.WriteAsync("beside").GetAwaiter().GetResult());
            await first;
        });
        await server.SendAsync(First);
        await Assert.ThrowsAnyAsync<Exception>(() => server.Client.ReadAsync());
        Assert.IsType<InvalidOperationException>(refused);
        Assert.Contains("GET /first", Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Error).Text, StringComparison.Ordinal);
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task A_callback_of_the_cancellation_may_still_cancel_a_read()
    {
        await using var server = new Http1Fixture((_, r) => r.Cancellation.Register(() => r.Body.CancelPendingRead()));
        await server.RoundTripAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na");
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nAAAAAAAAAA")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\na\r\nAAAAAAAAAA\r\n0\r\n\r\n")]
    public async Task A_result_that_was_not_advanced_over_is_never_overwritten(string body)
    {
        ReadOnlySequence<byte>? kept = null;
        await using var server = new Http1Fixture(async (_, r) =>
        {
            var result = await r.Body.ReadAsync();
            kept ??= result.Buffer;
            if (r.Path != "/first") r.Body.AdvanceTo(result.Buffer.End);
        });
        await server.RoundTripAsync("POST /first HTTP/1.1\r\nHost: a\r\n" + body);
        for (var i = 0; i < 100; i++) await server.RoundTripAsync("POST /second HTTP/1.1\r\nHost: a\r\n" + body.Replace('A', 'B'));
        Assert.Equal(new string('A', 10), Encoding.ASCII.GetString(kept!.Value.ToArray()));
    }
}
