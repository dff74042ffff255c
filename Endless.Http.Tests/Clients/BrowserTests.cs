using System.Globalization;
using System.Net;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Server;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Clients;

/// <summary>A page as a browser loads it: Chromium without a window.</summary>
public sealed class BrowserTests : IDisposable
{
    // What the page finds out about itself stands in its document when it has loaded.
    private const string Page = """
        <!doctype html>
        <title>a hundred images</title>
        <p id="seen"></p>
        <script>
          for (let i = 0; i < 100; i++) document.body.appendChild(new Image()).src = `/image?${i}`;
          addEventListener('load', () => {
            const shown = [...document.images].filter(image => image.complete && image.naturalWidth === 10 + Number(image.src.split('?')[1])).length;
            const protocols = new Set(performance.getEntries().filter(entry => entry.nextHopProtocol).map(entry => entry.nextHopProtocol));
            document.getElementById('seen').textContent = `${shown} images over ${[...protocols]}`;
          });
        </script>
        """;

    private readonly CertificateFiles _files = new();
    private readonly TempDirectory _profile = new();

    public void Dispose()
    {
        _files.Dispose();
        _profile.Dispose();
    }

    [FactWithTools("chromium")]
    public async Task Chromium_loads_a_page_with_100_images_over_HTTP_2()
    {
        _files.Write();
        using var fixture = new ServerFixture(handler: Serve);
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        var port = ((IPEndPoint)fixture.Server.LocalEndPoint!).Port;
        var document = await Tool.RunAsync("chromium",
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run", "--ignore-certificate-errors",
            $"--user-data-dir={_profile.Path}", "--dump-dom", $"https://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");
        Assert.Contains(">100 images over h2<", document);
    }

    private static void Serve(ResponseWriter w, Request r)
    {
        switch (r.Path)
        {
            case "/":
                w.Header["Content-Type"] = "text/html; charset=utf-8";
                w.Write(Page);
                break;
            case "/image":
                w.Header["Content-Type"] = "image/svg+xml";
                w.Write($"<svg xmlns='http://www.w3.org/2000/svg' width='{10 + int.Parse(r.RawQuery, CultureInfo.InvariantCulture)}' height='10'/>");
                break;
            default:
                w.WriteHeader(404); // its icon
                break;
        }
    }
}
