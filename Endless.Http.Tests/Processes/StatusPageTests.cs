using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>The status page in a real browser, over a restart of a real process under load.</summary>
public class StatusPageTests
{
    /// <summary>Set to a directory, the pages that the test sees are left there as pictures: that is how those in the documentation are made.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("STATUS_PICTURES");

    [FactWithTools("chromium")]
    public async Task The_page_carries_on_into_the_next_generation()
    {
        await using var server = await ExampleProcess.TestServerAsync("--probation", "10000"); // long enough for a browser to be seen in it
        var load = await LoadDriver.StartAsync(server.EndPoint, new LoadOptions { KeepAliveClients = 4, IdleConnections = 40, Think = TimeSpan.FromMilliseconds(2), FreshEvery = TimeSpan.FromMilliseconds(20) });
        await using var browser = await Chromium.OpenAsync($"{server.Url}/status");
        await browser.UntilAsync("document.getElementById('generation').textContent == '1' && document.querySelectorAll('#generations .row').length == 1");
        await browser.UntilAsync("Number(document.getElementById('rate').textContent.replace(/,/g, '')) > 0");
        await browser.EvaluateAsync("window.opened = true"); // gone if the page were loaded anew

        var restart = server.RestartAsync();
        // While the restart is under way, the old generation shows the new one.
        await browser.UntilAsync("document.querySelectorAll('#generations .row').length == 2 && document.getElementById('generation').textContent == '1'");
        await SaveAsync(browser, "probation");
        await restart;
        await browser.UntilAsync("document.getElementById('generation').textContent == '2' && document.querySelectorAll('#restarts .restart').length == 1");
        await browser.UntilAsync("document.getElementById('restarts').textContent.includes('drain') && !document.getElementById('restarts').textContent.includes('–')");
        Assert.True((await browser.EvaluateAsync("window.opened === true")).GetBoolean());
        Assert.Equal("1 done, 0 failed", (await browser.EvaluateAsync("document.getElementById('restartCount').textContent")).GetString());
        Assert.Contains("gone, handed over", (await browser.EvaluateAsync("document.getElementById('generations').textContent")).GetString());
        if (Pictures != null) await TakeMoreAsync(server, browser);
        await load.StopAsync();
        Assert.Equal(0, load.Counters.Failed);
    }

    private static async Task TakeMoreAsync(ServerProcess server, Chromium browser)
    {
        await Task.Delay(TimeSpan.FromSeconds(12));
        await server.RestartAsync();
        await browser.UntilAsync("document.getElementById('generation').textContent == '3'");
        await Task.Delay(TimeSpan.FromSeconds(9));
        _ = server.RestartAsync();
        await browser.UntilAsync("document.querySelectorAll('#generations .row').length == 4 && document.getElementById('state').textContent.includes('probation')");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await SaveAsync(browser, "restart");
        await browser.UntilAsync("document.getElementById('generation').textContent == '4'");
    }

    private static async Task SaveAsync(Chromium browser, string name)
    {
        if (Pictures is null) return;
        await File.WriteAllBytesAsync($"{Pictures}/{name}-light.png", await browser.ScreenshotAsync(1080, dark: false));
        await File.WriteAllBytesAsync($"{Pictures}/{name}-dark.png", await browser.ScreenshotAsync(1080, dark: true));
        await File.WriteAllBytesAsync($"{Pictures}/{name}-phone.png", await browser.ScreenshotAsync(390, dark: true));
    }
}
