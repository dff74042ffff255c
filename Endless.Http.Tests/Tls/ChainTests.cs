using System.Net;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Tls;

/// <summary>Certificates that a root vouches for by way of another: what stands in the file is what a client that knows the root alone is sent.</summary>
public sealed partial class ChainTests : IDisposable
{
    private readonly CertificateFiles _files = new();
    private readonly TestAuthority _intermediate = new(TlsFixture.Authority);

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("leaf intermediate")]
    [InlineData("leaf intermediate root")]
    [InlineData("leaf root intermediate")]
    public async Task It_is_sent_without_the_root(string order)
    {
        Write(order);
        await ServeAsync(async server =>
        {
            await using var client = new TlsClient(server.LocalEndPoint!);
            Assert.Equal("hello", await client.GetAsync("/"));
        });
    }

    [Fact]
    public async Task Without_the_intermediate_a_client_cannot_trust_it_until_the_file_is_made_whole()
    {
        Write("leaf");
        await ServeAsync(async server =>
        {
            await using (var client = new TlsClient(server.LocalEndPoint!))
                await Assert.ThrowsAsync<AuthenticationException>(() => client.GetAsync("/"));
            Write("leaf intermediate");
            Assert.True(server.ReloadCertificates());
            await using (var client = new TlsClient(server.LocalEndPoint!))
                Assert.Equal("hello", await client.GetAsync("/"));
        });
    }

    [FactWithTools("openssl")]
    public async Task Openssl_is_shown_two_certificates()
    {
        Write("leaf intermediate root");
        await ServeAsync(async server =>
        {
            var shown = await Tool.RunAsync("openssl", "s_client", "-showcerts", "-connect", $"127.0.0.1:{((IPEndPoint)server.LocalEndPoint!).Port}");
            Assert.Equal(2, Begin().Count(shown));
            Assert.Contains("i:CN = Test Intermediate", shown);
        });
    }

    private void Write(string order)
    {
        var (leaf, key) = TestAuthority.Pem(_intermediate.Issue("localhost"));
        File.WriteAllText(_files.Key, key);
        File.WriteAllText(_files.Certificate, string.Join('\n', order.Split(' ').Select(name => name switch
        {
            "leaf" => leaf,
            "root" => TlsFixture.Authority.Certificate.ExportCertificatePem(),
            _ => _intermediate.Certificate.ExportCertificatePem(),
        })));
    }

    private async Task ServeAsync(Func<EndlessServer, Task> run)
    {
        using var fixture = new ServerFixture();
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        await run(fixture.Server);
    }

    [GeneratedRegex("-----BEGIN CERTIFICATE-----")]
    private static partial Regex Begin();
}
