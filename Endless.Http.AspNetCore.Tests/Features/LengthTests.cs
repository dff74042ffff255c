using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Features;

public sealed class LengthTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_than_declared_that_was_never_flushed_fails_the_request_and_is_logged(bool http2)
    {
        var log = new FailureLog();
        await using var app = await TestApplication.StartAsync(
            static app => app.Run(static context =>
            {
                context.Response.ContentLength = 3;
                context.Response.BodyWriter.GetSpan(5)[..5].Fill((byte)'x');
                context.Response.BodyWriter.Advance(5);
                return Task.CompletedTask;
            }),
            build: builder => builder.Logging.AddProvider(log));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => (http2 ? app.Http2 : app.Client).GetStringAsync("/"));
        Assert.Contains(log.Failures, static failure => failure is InvalidOperationException && failure.Message.Contains("too many bytes written (5 of 3)", StringComparison.Ordinal));
    }

    /// <summary>What an endpoint says of its own requests: MVC's attributes, on an action or a handler.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attribute_sets_or_lifts_the_limit_of_an_endpoints_requests(bool http2)
    {
        await using var app = await TestApplication.StartAsync(
            static app =>
            {
                app.MapPost("/usual", (Delegate)CountAsync);
                app.MapPost("/less", (Delegate)([RequestSizeLimit(10)] (HttpContext context) => CountAsync(context)));
                app.MapPost("/any", (Delegate)([DisableRequestSizeLimit] (HttpContext context) => CountAsync(context)));
            },
            options => options.Limits.MaxRequestBodySize = 100);
        var client = http2 ? app.Http2 : app.Client;
        foreach (var (path, size, status) in new[] { ("/usual", 100, 200), ("/usual", 101, 413), ("/less", 10, 200), ("/less", 11, 413), ("/any", 100_000, 200) })
        {
            using var response = await client.PostAsync(path, new ByteArrayContent(new byte[size]));
            Assert.Equal((path, size, status), (path, size, (int)response.StatusCode));
            if (status == 200) Assert.Equal($"{size}", await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task<string> CountAsync(HttpContext context)
    {
        var count = 0;
        var buffer = new byte[4096];
        while (await context.Request.Body.ReadAsync(buffer) is > 0 and var read) count += read;
        return $"{count}";
    }

    private sealed class FailureLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<Exception> Failures { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null) Failures.Enqueue(exception);
        }

        public void Dispose() { }
    }
}
