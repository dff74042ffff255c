using Endless.Http.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Tests.Features;

public sealed class EndpointSitesTests
{
    private static string Place => Worker.Current is { RunsLoop: true } ? "loop" : "worker";

    [Fact]
    public async Task An_endpoint_that_blocks_moves_no_other_off_the_loops()
    {
        using var gate = new ManualResetEventSlim();
        await using var app = await TestApplication.StartAsync(app =>
        {
            app.MapGet("/blocking/{id}", async (HttpContext context) =>
            {
                await context.Response.WriteAsync(Place);
                gate.Wait(50);
            });
            app.MapGet("/quick/{id}", static () => Place);
        });
        var id = 0;
        string thread;
        do thread = await app.Client.GetStringAsync($"/blocking/{id++}");
        while (thread == "loop" && id < 100);
        Assert.Equal("worker", thread);
        await app.Client.GetStringAsync("/quick/0"); // of what nobody has asked for yet little is known
        var onLoops = 0;
        for (var i = 1; i <= 20; i++)
            if (await app.Client.GetStringAsync($"/quick/{i}") == "loop") onLoops++;
        Assert.InRange(onLoops, 10, 20); // a busy machine holds one up now and then, and its loop moves on
    }
}
