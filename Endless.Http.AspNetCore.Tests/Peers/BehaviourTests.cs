using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What endpoints do has the same effect on both servers, on the client and on the endpoint.</summary>
public sealed class BehaviourTests
{
    private static readonly Explanation[] Explanations = [.. CommonExplanations.All];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Responses_are_the_same(int version) => CompareAsync(ResponseCases.All, version);

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
