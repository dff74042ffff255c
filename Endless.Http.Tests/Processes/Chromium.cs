using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>A page in a Chromium without a window, driven by the DevTools protocol. One command at a time.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TempDirectory _profile;
    private readonly ClientWebSocket _socket = new();
    private string? _session;
    private int _id;

    private Chromium(Process process, TempDirectory profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>Opens a page at an address, with options of the browser's beyond the usual.</summary>
    public static async Task<Chromium> OpenAsync(string url, params string[] options)
    {
        var profile = new TempDirectory();
        // Without the network it would otherwise look for at its start.
        var start = new ProcessStartInfo(Tool.Find("chromium")!,
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
            $"--user-data-dir={profile.Path}", "--remote-debugging-port=0", .. options, "about:blank",
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        var browser = new Chromium(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync(url).WaitAsync(Deadline.Default);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var result = await SendAsync("Runtime.evaluate", new { expression, returnByValue = true, awaitPromise = true });
        return result.ValueKind != JsonValueKind.Undefined && result.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression in the page is true.</summary>
    public async Task UntilAsync(string expression)
    {
        try
        {
            // Neither true nor false while what it asks of is not there yet.
            await Deadline.UntilAsync(async () => (await EvaluateAsync($"Boolean({expression})")).ValueKind == JsonValueKind.True, expression);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} The page: {await EvaluateAsync("document.body.innerText")}", e);
        }
    }

    /// <summary>A picture of the whole page as a window of that width shows it, in pixels.</summary>
    public async Task<byte[]> ScreenshotAsync(int width, bool dark)
    {
        await SendAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } });
        await SendAsync("Emulation.setDeviceMetricsOverride", new { width, height = 900, deviceScaleFactor = 2, mobile = width < 600 });
        var height = (await EvaluateAsync("new Promise(done => requestAnimationFrame(() => { draw(); done(document.documentElement.scrollHeight); }))")).GetInt32();
        await SendAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 2, mobile = width < 600 });
        return Convert.FromBase64String((await SendAsync("Page.captureScreenshot", new { format = "png" })).GetProperty("data").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _profile.Dispose();
    }

    private async Task ConnectAsync(string url)
    {
        const string announcement = "DevTools listening on ";
        string? line;
        do line = await _process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("Chromium ended before it listened.");
        while (!line.StartsWith(announcement, StringComparison.Ordinal));
        _ = _process.StandardError.ReadToEndAsync(); // what it has to say meanwhile must not fill the pipe
        _ = _process.StandardOutput.ReadToEndAsync();
        await _socket.ConnectAsync(new Uri(line[announcement.Length..]), CancellationToken.None);
        var target = (await SendAsync("Target.createTarget", new { url })).GetProperty("targetId").GetString();
        _session = (await SendAsync("Target.attachToTarget", new { targetId = target, flatten = true })).GetProperty("sessionId").GetString();
    }

    private async Task<JsonElement> SendAsync(string method, object parameters)
    {
        var id = ++_id;
        var command = JsonSerializer.Serialize(_session is null ? new { id, method, @params = parameters } : (object)new { id, method, @params = parameters, sessionId = _session });
        await _socket.SendAsync(Encoding.UTF8.GetBytes(command), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        while (true)
        {
            using var message = JsonDocument.Parse(await ReceiveAsync().WaitAsync(Deadline.Default));
            if (!message.RootElement.TryGetProperty("id", out var answered) || answered.GetInt32() != id) continue; // an event
            if (message.RootElement.TryGetProperty("error", out var error))
            {
                // While a page is being loaded there is nowhere to evaluate anything.
                if (error.GetProperty("message").GetString() == "Cannot find default execution context") return default;
                Assert.Fail($"{method}: {error}");
            }
            return message.RootElement.GetProperty("result").Clone();
        }
    }

    private async Task<string> ReceiveAsync()
    {
        var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            text.Write(buffer, 0, received.Count);
            if (received.EndOfMessage) return Encoding.UTF8.GetString(text.ToArray());
        }
    }
}
