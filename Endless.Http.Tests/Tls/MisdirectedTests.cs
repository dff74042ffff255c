using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Tls;

/// <summary>Requests whose host is not the one that the client asked for in the handshake.</summary>
public sealed class MisdirectedTests
{
    [Theory]
    [InlineData("a.example", "a.example", 200)]
    [InlineData("a.example", "A.Example:443", 200)]
    [InlineData("a.example", "a.example.", 200)]
    [InlineData("a.example", "b.example", 421)]
    [InlineData("a.example", "B.example.:8443", 421)]
    [InlineData("a.example", "default.example", 421)]           // the certificate for the rest names it
    [InlineData("a.example", "nobody.example", 200)]            // no certificate does
    [InlineData("a.example", "127.0.0.1", 200)]
    [InlineData("default.example", "a.example", 421)]
    [InlineData("nobody.example", "a.example", 421)]
    [InlineData("x.wild.example", "y.wild.example", 200)]
    [InlineData("x.wild.example", "a.example", 421)]
    [InlineData("both.example", "other.both.example", 200)]     // one certificate for both names
    [InlineData("both.example", "b.example", 200)]              // another serves it, but this one covers it: clients may coalesce
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example", 200)]
    [InlineData("", "a.example", 200)]                          // it named nobody: there is nothing to differ from
    public async Task They_are_misdirected_where_another_certificate_serves_the_host(string serverName, string host, int status)
    {
        using var fixture = new ServerFixture();
        var options = fixture.Server.TlsOptions;
        options.Certificate = Certificate("default.example");
        foreach (var name in (string[])["a.example", "b.example", "*.wild.example", "xn--bcher-kva.example"]) options.ServerNames[name] = Certificate(name);
        options.ServerNames["both.example"] = options.ServerNames["other.both.example"] = Certificate("both.example", "other.both.example", "b.example");
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync());
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
            Assert.Equal(status, (int)await AskAsync(fixture, version, serverName, host));
    }

    [Theory]
    [InlineData("default.example", "a.example")]
    [InlineData("nobody.example", "default.example")]
    public async Task With_one_certificate_they_never_are(string serverName, string host)
    {
        using var fixture = new ServerFixture();
        fixture.Server.TlsOptions.Certificate = Certificate("default.example");
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync());
        Assert.Equal(HttpStatusCode.OK, await AskAsync(fixture, HttpVersion.Version11, serverName, host));
    }

    private static TlsCertificate Certificate(string name, params string[] otherNames) =>
        TlsCertificate.From(TlsFixture.Authority.Issue(name, ECDsa.Create(ECCurve.NamedCurves.nistP256), otherNames: otherNames));

    private static async Task<HttpStatusCode> AskAsync(ServerFixture fixture, Version version, string serverName, string host)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var stream = new SslStream(new NetworkStream(await fixture.ConnectAsync()));
                await stream.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = serverName,
                        ApplicationProtocols = [version.Major == 2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
                        RemoteCertificateValidationCallback = (_, _, _, _) => true,
                    },
                    cancellation);
                return stream;
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://localhost/") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Host = host;
        using var response = await client.SendAsync(request).WaitAsync(ServerFixture.Deadline);
        return response.StatusCode;
    }
}
