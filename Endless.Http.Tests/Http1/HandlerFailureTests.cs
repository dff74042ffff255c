using System.Text;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

public sealed class HandlerFailureTests
{
    private const string Get = "GET /orders?token=secret HTTP/1.1\r\nHost: a\r\n\r\n";

    public static TheoryData<string> Kinds => ["sync", "async", "task", "yield"];

    private static Http1Fixture Failing(string kind, Action<ResponseWriter> before, Exception exception) => new(Handler.From(kind switch
    {
        "sync" => (w, r) =>
        {
            before(w);
            throw exception;
        }
        ,
        "async" => async (w, r) =>
        {
            before(w);
            await Task.CompletedTask;
            throw exception;
        }
        ,
        "yield" => async (w, r) =>
        {
            await Task.Yield();
            before(w);
            throw exception;
        }
        ,
        _ => (AsyncHandlerFunc)((w, r) =>
        {
            before(w);
            return Task.FromException(exception);
        }),
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nothing_was_sent_so_a_500_is(string kind)
    {
        await using var server = Failing(kind, w =>
        {
            w.Header["X"] = "1";
            w.Header["ETag"] = "\"of what is not sent\"";
            w.Write("lost");
        }, new InvalidOperationException("thrown on purpose"));
        await server.SendAsync(Get + Get);
        var response = await server.Client.ReadAsync();
        Assert.Equal(500, response.Status);
        Assert.Equal("close", response["Connection"]);
        Assert.Equal("1", response["X"]);
        Assert.False(response.Has("ETag"));
        Assert.DoesNotContain("lost", response.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("purpose", response.Text, StringComparison.Ordinal);
        await server.Client.AssertEndAsync();

        var entry = Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Error);
        Assert.Equal("thrown on purpose", entry.Exception!.Message);
        Assert.NotNull(kind == "task" ? "" : entry.Exception.StackTrace);
        Assert.Contains("GET /orders ", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", entry.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Something_was_sent_so_the_response_has_no_proper_end(string kind)
    {
        await using var server = Failing(kind, w =>
        {
            w.Write("first");
            w.Flush();
            w.Write("second");
        }, new InvalidOperationException("thrown on purpose"));
        await server.SendAsync(Get + Get);
        var all = Encoding.Latin1.GetString(await server.Client.ReadToEndAsync());
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", all, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n", all, StringComparison.Ordinal);
        Assert.Equal(all.IndexOf("HTTP/1.1", StringComparison.Ordinal), all.LastIndexOf("HTTP/1.1", StringComparison.Ordinal));
        Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_response_that_ends_with_the_connection_is_reset()
    {
        await using var server = Failing("sync", w =>
        {
            w.Write("first");
            w.Flush();
        }, new InvalidOperationException("thrown on purpose"));
        await server.SendAsync("GET / HTTP/1.0\r\n\r\n");
        await server.OutcomeAsync();
        Assert.True(server.Connection.IsAborted);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_abort_is_silent(string kind)
    {
        await using var server = Failing(kind, w => w.Write("lost"), new AbortHandlerException());
        await server.SendAsync(Get);
        await server.Client.AssertEndAsync();
        server.Connection.CloseByClient();
        await server.OutcomeAsync();
        server.AssertQuietLog();
    }

    [Fact]
    public async Task The_responses_before_an_abort_still_go_out()
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            if (r.Path == "/abort") throw new AbortHandlerException();
        });
        await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /abort HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
        await server.Client.AssertEndAsync();
        // By a FIN: a reset would cost the client what it has not read yet.
        Assert.False(server.Connection.IsAborted);
    }

    [Fact]
    public async Task An_abort_resets_a_response_that_ends_with_its_connection()
    {
        await using var server = Failing("sync", w =>
        {
            w.Write("first");
            w.Flush();
        }, new AbortHandlerException());
        await server.SendAsync("GET / HTTP/1.0\r\n\r\n");
        await server.OutcomeAsync();
        Assert.True(server.Connection.IsAborted);
    }

    [Fact]
    public async Task A_handler_that_returns_no_task_has_failed()
    {
        await using var server = new Http1Fixture(Handler.From((AsyncHandlerFunc)((w, r) => null!)));
        Assert.Equal(500, (await server.RoundTripAsync(Get)).Status);
    }

    [Fact]
    public async Task A_client_that_goes_away_costs_no_log_entry()
    {
        var gone = new TaskCompletionSource();
        var failed = new TaskCompletionSource<Exception>();
        await using var server = new Http1Fixture(async (w, r) =>
        {
            await gone.Task;
            try
            {
                while (true) await w.WriteAsync(new byte[50_000]);
            }
            catch (Exception e)
            {
                failed.SetResult(e);
                throw;
            }
        });
        await server.SendAsync(Get);
        server.Connection.ResetByClient();
        gone.SetResult();
        Assert.IsAssignableFrom<IOException>(await failed.Task.WaitAsync(ResponseReader.Deadline));
        await server.OutcomeAsync();
        server.AssertQuietLog();
    }
}
