using System.Globalization;
using System.Text.Json;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.AspNetCore.Tests.SignalR;

/// <summary>A page with SignalR's own client for browsers, and a hub whose process is restarted.</summary>
public sealed class BrowserRestartTests
{
    private static readonly string Program = ProgramFile.Of("Endless.Http.AspNetCore.LiveApp");

    /// <summary>Over TLS what is no WebSocket shares one connection of HTTP/2.</summary>
    [TheoryWithBrowserClient, InlineData("http"), InlineData("https")]
    public async Task A_page_is_answered_by_every_process_and_never_wrongly(string scheme)
    {
        using var files = new BrowserPage();
        using var directory = new TempDirectory();
        using var certificate = new SelfSignedFiles();
        await using var server = await ServerProcess.StartAsync(Program,
        [
            "--Endless:Restart:Probation=00:00:00.3", $"--Endless:Endpoints:Page:Url={scheme}://127.0.0.1:0", $"--Page={files.Directory}", $"--Log={directory["log"]}",
            .. scheme == "https" ? (string[])[$"--Endless:Endpoints:Page:Certificate:Path={certificate.Names[0]}", $"--Endless:Endpoints:Page:Certificate:KeyPath={certificate.Names[1]}"] : [],
        ]);
        await using var page = await Chromium.OpenAsync($"{scheme}://{server.EndPoint}/{BrowserPage.Name}", "--ignore-certificate-errors");
        await AnsweredByAsync(page, server.FirstPid);
        for (var restart = 0; restart < Restarts.Count; restart++)
        {
            var old = server.Pid;
            var pid = await server.RestartAsync();
            await server.GoneAsync(old);
            await AnsweredByAsync(page, pid);
        }
        await page.EvaluateAsync("window.enough = true, work");
        Assert.Equal("[]", (await page.EvaluateAsync("JSON.stringify(failures)")).GetString());

        var arrived = File.ReadLines(directory["log"]).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToHashSet();
        var senders = (await page.EvaluateAsync("JSON.stringify(senders.map(({ connection, ...sender }) => sender))")).GetString()!;
        foreach (var sender in JsonSerializer.Deserialize<Sender[]>(senders, JsonSerializerOptions.Web)!)
        {
            Assert.Empty(sender.Wrong);
            Assert.NotEmpty(sender.Acknowledged);
            Assert.Empty(sender.Acknowledged.Except(arrived));
            // A poll on a new connection may meet the next process in its probation already, and the client then goes to and fro. The others stay where they are until the old process has let go of them, and find the next one at once.
            Assert.InRange(sender.Left.Length, Restarts.Count, sender.Polls ? int.MaxValue : Restarts.Count);
            if (!sender.Polls) Assert.Empty(sender.Late);
        }
        await server.StopAsync();
    }

    private static Task AnsweredByAsync(Chromium page, int pid) => page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"failures.length > 0 || senders.every(sender => sender.pid === {pid})"));

    /// <summary>What a client of the page says of itself.</summary>
    /// <param name="Name">Its transport and protocol.</param>
    /// <param name="Acknowledged">The numbers that it was told have arrived.</param>
    /// <param name="Wrong">Wrong answers.</param>
    /// <param name="Left">Why it left a connection.</param>
    /// <param name="Late">Why an attempt to come back failed.</param>
    private sealed record Sender(string Name, int[] Acknowledged, string[] Wrong, string[] Left, string[] Late)
    {
        public bool Polls => Name.StartsWith("LongPolling", StringComparison.Ordinal);
    }
}
