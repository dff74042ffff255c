using System.Reflection;
using Endless.Http.Generations;
using Endless.Http.Load;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Restart;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Diagnostics;

/// <summary>What an application's own logger gets.</summary>
public sealed class StructuredLogTests
{
    /// <summary>Of loops, not of requests: a route that blocks.</summary>
    private const int RouteBlocks = 7;

    [Fact]
    public async Task A_failed_handler_is_logged_with_method_path_and_route()
    {
        var failure = await EventOfAsync("POST /items/7?token=secret HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", LogLevel.Error, (_, _) => throw new InvalidOperationException("on purpose"));
        Assert.StartsWith("The handler of POST /items/7 (route \"/items/{id}\") on connection ", failure.Text);
        AssertNamed(failure, "POST", "/items/7");
    }

    [Fact]
    public async Task A_cancellation_callback_that_fails_is_logged_with_them()
    {
        var failure = await EventOfAsync("GET /items/8 HTTP/1.1\r\nHost: a\r\n\r\n", LogLevel.Error, (_, r) => r.Cancellation.Register(() => throw new InvalidOperationException("on purpose")));
        Assert.StartsWith("A callback of the cancellation of GET /items/8 ", failure.Text);
        AssertNamed(failure, "GET", "/items/8");
    }

    [Fact]
    public async Task A_refused_body_is_logged_with_them()
    {
        var refusal = await EventOfAsync("POST /items/9 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", LogLevel.Debug, async (_, r) => await r.ReadBodyAsync(), "is refused with");
        Assert.StartsWith("POST /items/9 (route \"/items/{id}\") on connection ", refusal.Text);
        AssertNamed(refusal, "POST", "/items/9");
    }

    [Fact]
    public void Every_event_with_a_route_has_method_and_path()
    {
        var events = typeof(EndlessServer).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .Where(e => e is not null && e.EventId != RouteBlocks && e.Message.Contains("{Route}")).ToList();
        Assert.True(events.Count >= 10);
        Assert.All(events, e => Assert.Contains("{Method} {Path} (route \"{Route}\")", e!.Message));
    }

    [Fact]
    public async Task Each_event_comes_in_a_scope_with_generation_and_pid()
    {
        var logger = new ScopedLogger();
        await ServeOnceAsync(logger);
        Assert.NotEmpty(logger.Events);
        Assert.All(logger.Events, e =>
        {
            Assert.Equal(1, e.Scope["ServerGeneration"]);
            Assert.Equal(Environment.ProcessId, e.Scope["ServerProcessId"]);
        });
    }

    [Fact]
    public async Task What_is_not_logged_opens_no_scope()
    {
        var logger = new ScopedLogger(LogLevel.Critical);
        await ServeOnceAsync(logger);
        Assert.Empty(logger.Events);
        Assert.Equal(0, logger.Scopes);
    }

    private static async Task ServeOnceAsync(ILogger logger)
    {
        var server = new EndlessServer("127.0.0.1:0", null, new Generation(new FakeHost(), TimeSpan.FromSeconds(1))) { Logger = logger };
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.BeforeBegin = _ => began.SetResult();
        var serving = server.ListenAndServeAsync();
        await began.Task.WaitAsync(Deadline.Default);
        await server.ShutdownAsync().WaitAsync(Deadline.Default);
        await serving.WaitAsync(Deadline.Default);
    }

    private static void AssertNamed(ScopedEvent e, string method, string path)
    {
        Assert.Equal(method, e.Properties["Method"]);
        Assert.Equal(path, e.Properties["Path"]);
        Assert.Equal("/items/{id}", e.Properties["Route"]);
    }

    private static Task<ScopedEvent> EventOfAsync(string request, LogLevel level, HandlerFunc handler) => EventOfAsync(request, level, Handler.From(handler), "");

    private static Task<ScopedEvent> EventOfAsync(string request, LogLevel level, AsyncHandlerFunc handler, string text) => EventOfAsync(request, level, Handler.From(handler), text);

    private static async Task<ScopedEvent> EventOfAsync(string request, LogLevel level, IHandler handler, string text)
    {
        var logger = new ScopedLogger();
        var mux = new ServeMux();
        mux.Handle("/items/{id}", handler);
        await using var server = new Http1Fixture(mux, logger: logger);
        await server.SendAsync(request);
        await Deadline.UntilAsync(() => logger.Events.Any(e => e.Level == level && e.Text.Contains(text)), "it is logged");
        return logger.Events.First(e => e.Level == level && e.Text.Contains(text));
    }
}
