using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Tls;

/// <summary>TLS connections cannot be handed over: they are told to end, and none of their requests is lost.</summary>
public sealed class TlsRestartTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task An_idle_connection_may_still_ask_once_and_is_then_told_to_end()
    {
        _files.Write();
        await using var server = await ExampleProcess.TestServerAsync("--grace", "60000", "--tls", _files.Certificate, _files.Key);
        await using var client = new TlsClient(server.EndPoint);
        Assert.Equal("1", await client.GetAsync("/generation"));
        await server.RestartAsync();
        await server.Output.WaitForAsync("finishing 1 connection(s)");
        while (client.IsConnected) Assert.Equal("1", await client.GetAsync("/generation"));     // it is still the old generation's
        await server.GoneAsync(server.FirstPid);
        Assert.Equal("2", await client.GetAsync("/generation"));
    }

    [Fact]
    public async Task A_restart_brings_new_certificates_and_a_bad_one_fails_it()
    {
        _files.Write();
        await using var server = await ExampleProcess.TestServerAsync("--tls", _files.Certificate, _files.Key);
        File.WriteAllText(_files.Certificate, "not a certificate");
        server.Signal(Mono.Unix.Native.Signum.SIGHUP);
        await server.Output.WaitForAsync(line => line.Contains("Restart failed: ") && line.Contains("holds no certificate"));
        await using var client = new TlsClient(server.EndPoint);
        Assert.Equal("1", await client.GetAsync("/generation"));    // the old generation serves on, with its certificate
        await client.CloseAsync();
        _files.Write();
        await server.RestartAsync();
        await server.GoneAsync(server.FirstPid);
        Assert.Equal("2", await client.GetAsync("/generation"));
    }
}
