using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
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
