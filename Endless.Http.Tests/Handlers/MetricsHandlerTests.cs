using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Handlers;

public sealed class MetricsHandlerTests
{
    [Theory]
    [InlineData(null, "text/plain")]
    [InlineData("", "text/plain")]
    [InlineData("*/*", "text/plain")]
    [InlineData("text/html, nonsense, ;q=1, /", "text/plain")]
    [InlineData("application/openmetrics-text", "application/openmetrics-text")]
    [InlineData("Application/OpenMetrics-Text; version=1.0.0; q=0.001, */*;q=0.0001", "application/openmetrics-text")]
    [InlineData("application/openmetrics-text, */*", "application/openmetrics-text")]
    [InlineData("text/plain;q=0.5, application/*", "application/openmetrics-text")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,*/*;q=0.2", "application/openmetrics-text")]
    [InlineData("application/openmetrics-text;q=0", "text/plain")]
    [InlineData("application/openmetrics-text ; Q=0.000 , text/plain", "text/plain")]
    [InlineData("application/openmetrics-text;q=0, application/*", "text/plain")]
    [InlineData("text/plain, application/openmetrics-text;q=0.9", "text/plain")]
    [InlineData("text/*, application/openmetrics-text;q=0.9", "text/plain")]
    [InlineData("application/openmetrics-text-plus", "text/plain")]
    [InlineData("text/x; a=\"application/openmetrics-text, application/openmetrics-text\"", "text/plain")]
    [InlineData("text/x; a=\"\\\"\", application/openmetrics-text; a=\", text/plain\"", "application/openmetrics-text")]
    [InlineData("application/openmetrics-text;q=2", "text/plain")]
    [InlineData("application/openmetrics-text;q=", "text/plain")]
    public async Task The_format_is_the_one_that_the_client_prefers(string? accept, string expected)
    {
        await using var server = new Http1Fixture(new MetricsHandler(new(new FakeHost(), TimeSpan.FromSeconds(1))) { Allow = Access.Anyone });
        var response = await server.RoundTripAsync($"GET /metrics HTTP/1.1\r\nHost: a\r\n{(accept is null ? "" : $"Accept: {accept}\r\n")}\r\n");
        Assert.StartsWith(expected + ";", response["Content-Type"]);
    }

    [Fact]
    public async Task Several_Accept_lines_are_one_list()
    {
        await using var server = new Http1Fixture(new MetricsHandler(new(new FakeHost(), TimeSpan.FromSeconds(1))) { Allow = Access.Anyone });
        var response = await server.RoundTripAsync("GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: application/openmetrics-text;q=0.5\r\nAccept: text/plain\r\n\r\n");
        Assert.StartsWith("text/plain;", response["Content-Type"]);
    }
}
