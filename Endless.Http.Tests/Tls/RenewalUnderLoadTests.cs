using System.Diagnostics;
using System.Security.Cryptography;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Xunit.Abstractions;

namespace Endless.Http.Tests.Tls;

/// <summary>Certificates that change under a busy server.</summary>
public sealed class RenewalUnderLoadTests(ITestOutputHelper output) : IDisposable
{
    private const int Renewals = 50;

    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Fifty_new_certificates_each_of_which_new_handshakes_get_and_no_failed_request()
    {
        _files.Write();
        await using var server = await ExampleProcess.TestServerAsync("--tls", _files.Certificate, _files.Key);
        var load = await LoadDriver.StartAsync(server.EndPoint, new LoadOptions
        {
            Protocol = LoadProtocol.Tls,
            KeepAliveClients = 4,
            Think = TimeSpan.FromMilliseconds(5),
            FreshEvery = TimeSpan.FromMilliseconds(20),
        });
        var times = new List<double>();
        for (var i = 0; i < Renewals; i++)
        {
            var certificate = i % 2 == 0 ? _files.Rename() : _files.Write();
            var fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
            var started = Stopwatch.GetTimestamp();
            await Deadline.UntilAsync(async () => await FingerprintAsync(server) == fingerprint, $"certificate {i} is in use");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        times.Sort();
        output.WriteLine($"in use after {times[Renewals / 2]:0} ms, at worst {times[^1]:0} ms");
        await load.StopAsync();
        Assert.Empty(load.Counters.Details);
        Assert.Equal(0, load.Counters.AnnouncedCloses); // their connections went on
        Assert.True(load.Counters.Requests > Renewals);
    }

    private static async Task<string> FingerprintAsync(ServerProcess server)
    {
        await using var client = new TlsClient(server.EndPoint);
        await client.GetAsync("/");
        return client.Fingerprint;
    }
}
