using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Tls;

/// <summary>Other people's clients against a server of its own process.</summary>
public sealed class TlsToolTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [FactWithTools("curl")]
    public async Task Curl_in_both_versions_of_TLS_and_HTTP()
    {
        await using var server = await StartAsync();
        Assert.StartsWith("Tls13 ", await CurlAsync(server, "--http2"));
        Assert.EndsWith(" localhost h2", await CurlAsync(server, "--http2"));
        Assert.EndsWith(" localhost http/1.1", await CurlAsync(server, "--http1.1"));
        Assert.StartsWith("Tls12 ", await CurlAsync(server, "--http1.1", "--tls-max", "1.2"));
    }

    [FactWithTools("openssl")]
    public async Task Openssl_sees_the_certificate_and_the_one_that_replaces_it()
    {
        await using var server = await StartAsync();
        Assert.Contains("CN = localhost", await Tool.RunAsync("openssl", "s_client", "-connect", server.Addresses[0]));
        var certificate = _files.Rename("renewed.example");
        await server.Output.WaitForAsync("TLS certificate reloaded");
        var said = await Tool.RunAsync("openssl", "s_client", "-connect", server.Addresses[0]);
        Assert.Contains("CN = renewed.example", said);
        Assert.Contains(certificate.ExportCertificatePem().Split('\n')[1], said);
    }

    [FactWithTools("curl")]
    public async Task The_example_makes_a_certificate_of_its_own()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["tls", "127.0.0.1:0"]);
        Assert.Equal("Hello over Tls13", await Tool.RunAsync("curl", "--silent", "--show-error", "--insecure", $"https://{server.Addresses[0]}/"));
    }

    private Task<ServerProcess> StartAsync()
    {
        _files.Write();
        File.WriteAllText(_files["root.pem"], TlsFixture.Authority.Certificate.ExportCertificatePem());
        return ExampleProcess.TestServerAsync("--tls", _files.Certificate, _files.Key);
    }

    private Task<string> CurlAsync(ServerProcess server, params string[] options)
    {
        var port = server.Addresses[0].Split(':')[^1];
        return Tool.RunAsync("curl", ["--silent", "--show-error", "--cacert", _files["root.pem"], "--resolve", $"localhost:{port}:127.0.0.1", .. options, $"https://localhost:{port}/tls"]);
    }
}
