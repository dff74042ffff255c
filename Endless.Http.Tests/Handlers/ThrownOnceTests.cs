using System.Runtime.ExceptionServices;
using Endless.Http.Metrics;
using Endless.Http.Pipeline;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Handlers;

/// <summary>An exception costs as much as a hundred requests each time that it is thrown: the server does not throw a handler's again.</summary>
public sealed class ThrownOnceTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task A_handlers_exception_is_thrown_once(int version, bool isFaultedTask)
    {
        var exception = new InvalidOperationException("thrown on purpose");
        var thrown = 0;
        void Count(object? sender, FirstChanceExceptionEventArgs e)
        {
            if (ReferenceEquals(e.Exception, exception)) Interlocked.Increment(ref thrown);
        }
        // A task that has failed already was thrown by nobody.
        var handler = isFaultedTask ? Handler.From((w, r) => Task.FromException(exception)) : Handler.From((ResponseWriter w, Request r) => throw exception);
        var metrics = new RequestMetrics();
        metrics.TurnOn();
        if (!isFaultedTask) handler = new MeteredHandler(handler, metrics, "http");
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            if (version == 1)
            {
                await using var server = new Http1Fixture(handler);
                Assert.Equal(500, (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
            }
            else
            {
                await using var server = new Http2Fixture(handler);
                await server.Client.HandshakeAsync();
                Assert.Equal(500, (await server.Client.RoundTripAsync(1)).Status);
            }
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }
        Assert.Equal(isFaultedTask ? 0 : 1, thrown);
        if (!isFaultedTask) Assert.Equal(0, metrics.Active);
    }
}
