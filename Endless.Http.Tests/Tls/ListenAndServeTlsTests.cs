using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Endless.Http.Tests.Server;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Tls;

public sealed class ListenAndServeTlsTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("1.1", "")]    // HttpClient names no protocol then
    [InlineData("2.0", "h2")]
    public async Task Serves_over_TLS_and_says_so_to_the_handler(string version, string protocol)
    {
        _files.Write();
        using var fixture = new ServerFixture(handler: (w, r) => w.Write($"{r.Protocol} {r.Tls!.NegotiatedProtocol} {r.Tls.ServerName}"));
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = TlsFixture.ClientOptions() });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://localhost:{((IPEndPoint)fixture.Server.LocalEndPoint!).Port}/")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request).WaitAsync(ServerFixture.Deadline);
        Assert.Equal($"HTTP/{version} {protocol} localhost", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_files_the_options_name_the_certificate()
    {
        using var fixture = new ServerFixture();
        fixture.Server.TlsOptions.Certificate = TlsCertificate.From(_files.Write());
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync());
        await using var client = new TlsClient(fixture.Server.LocalEndPoint!);
        Assert.Equal("hello", await client.GetAsync("/"));
    }

    [Fact]
    public async Task A_handler_can_take_the_connection_over()
    {
        using var fixture = new ServerFixture(handler: (w, _) =>
        {
            using var connection = w.Hijack();
            connection.Output.Write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nhijacked"u8);
            connection.Output.FlushAsync().AsTask().Wait();
        });
        fixture.Server.TlsOptions.Certificate = TlsCertificate.From(_files.Write());
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync());
        await using var client = new TlsClient(fixture.Server.LocalEndPoint!);
        Assert.Equal("hijacked", await client.GetAsync("/"));
    }

    [Fact]
    public async Task A_bad_certificate_fails_the_start_before_the_port_is_bound()
    {
        using var fixture = new ServerFixture();
        var exception = await Assert.ThrowsAsync<TlsCertificateException>(() => fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        Assert.Equal($"{_files.Certificate} does not exist.", exception.Message);
        Assert.Null(fixture.Server.LocalEndPoint);
        Assert.Equal(ServerState.Terminated, fixture.Server.State);
    }

    [Fact]
    public async Task Without_any_certificate_the_start_fails()
    {
        using var fixture = new ServerFixture();
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Server.ListenAndServeTLSAsync());
    }

    [Fact]
    public async Task A_failed_handshake_is_a_connection_that_came_and_went()
    {
        _files.Write();
        var states = new List<ConnectionState>();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var fixture = new ServerFixture();
        fixture.Server.ConnectionStateChanged += (_, change) =>
        {
            lock (states) states.Add(change.State);
            if (change.State == ConnectionState.Closed) closed.TrySetResult();
        };
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        var socket = await fixture.ConnectAsync();
        await socket.SendAsync(new byte[] { 1, 2, 3 });
        await closed.Task.WaitAsync(ServerFixture.Deadline);
        Assert.Equal([ConnectionState.New, ConnectionState.Closed], states);
        Assert.DoesNotContain(fixture.Log.Entries, entry => entry.Level > LogLevel.Information);
    }

    [Fact]
    public async Task A_new_certificate_is_found_reported_and_used()
    {
        var old = _files.Write();
        using var fixture = new ServerFixture();
        var reloaded = new TaskCompletionSource<TlsCertificateInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Server.CertificateReloaded += (_, certificate) => reloaded.SetResult(certificate);
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        Assert.Equal(old.GetCertHashString(HashAlgorithmName.SHA256), Assert.Single(fixture.Server.Certificates).Fingerprint);
        await using var before = new TlsClient(fixture.Server.LocalEndPoint!);
        await before.GetAsync("/");

        var certificate = _files.Rename();
        var info = await reloaded.Task.WaitAsync(ServerFixture.Deadline);
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256), info.Fingerprint);
        Assert.Equal(certificate.NotAfter, info.NotAfter);
        Assert.Same(info, Assert.Single(fixture.Server.Certificates));

        await using var after = new TlsClient(fixture.Server.LocalEndPoint!);
        await after.GetAsync("/");
        Assert.Equal(info.Fingerprint, after.Fingerprint);
        Assert.Equal("hello", await before.GetAsync("/"));      // its connection goes on
        Assert.Equal(old.GetCertHashString(HashAlgorithmName.SHA256), before.Fingerprint);
    }

    [Fact]
    public async Task ReloadCertificates_reads_the_files_now()
    {
        _files.Write();
        using var fixture = new ServerFixture();
        fixture.Server.CertificateWatchInterval = TimeSpan.FromHours(1);
        Assert.True(fixture.Server.ReloadCertificates());       // nothing to do yet
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        var certificate = _files.Write();
        Assert.True(fixture.Server.ReloadCertificates());
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256), Assert.Single(fixture.Server.Certificates).Fingerprint);
        File.Delete(_files.Key);
        Assert.False(fixture.Server.ReloadCertificates());
        Assert.Equal(LogLevel.Warning, (await fixture.Log.WaitForAsync("the old one stays")).Level);
    }
}
