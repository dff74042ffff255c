using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Tests.Transport;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Tls;

public class ClientCertificateTests
{
    private static readonly X509Certificate2 Known = TlsFixture.Authority.Issue("known client");
    private static readonly X509Certificate2 Stranger = new TestAuthority().Issue("stranger");
    private static readonly X509Certificate2 Expired = TlsFixture.Authority.Issue("expired client", notAfter: DateTimeOffset.UtcNow.AddDays(-1));

    [Theory]
    [InlineData(ClientCertificateMode.None, "nobody", "")]
    [InlineData(ClientCertificateMode.None, "known", "")]
    [InlineData(ClientCertificateMode.Optional, "nobody", "")]
    [InlineData(ClientCertificateMode.Optional, "known", "CN=known client")]
    [InlineData(ClientCertificateMode.Optional, "stranger", null)]
    [InlineData(ClientCertificateMode.Required, "nobody", null)]
    [InlineData(ClientCertificateMode.Required, "known", "CN=known client")]
    [InlineData(ClientCertificateMode.Required, "stranger", null)]
    [InlineData(ClientCertificateMode.Required, "expired", null)]
    public async Task Clients_are_let_in_by_certificate(ClientCertificateMode mode, string client, string? subject)
    {
        foreach (var version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            Assert.Equal(subject, await SubjectSeenAsync(version, client, options =>
            {
                options.ClientCertificates = mode;
                options.ClientAuthorities.Add(TlsFixture.Authority.Certificate);
            }));
        }
    }

    [Theory]
    [InlineData("stranger", true, "CN=stranger")]
    [InlineData("stranger", false, null)]
    [InlineData("known", false, null)]
    [InlineData("nobody", true, null)]
    public async Task The_callback_has_the_last_word(string client, bool answer, string? subject)
    {
        Assert.Equal(subject, await SubjectSeenAsync(SslProtocols.Tls13, client, options =>
        {
            options.ClientCertificates = ClientCertificateMode.Required;
            options.ClientAuthorities.Add(TlsFixture.Authority.Certificate);
            options.ClientCertificateValidation = (certificate, chain, errors) =>
            {
                Assert.NotNull(chain);
                Assert.Equal(client == "stranger", errors == SslPolicyErrors.RemoteCertificateChainErrors);
                Assert.Equal(Certificate(client)!.Subject, certificate.Subject);
                return answer;
            };
        }));
    }

    [Fact]
    public async Task A_callback_that_throws_refuses_the_client_and_is_logged()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync, options =>
        {
            options.ClientCertificates = ClientCertificateMode.Required;
            options.ClientCertificateValidation = (_, _, _) => throw new FormatException("no such client");
        });
        await Assert.ThrowsAnyAsync<Exception>(async () => await ExchangeAsync(server, SslProtocols.Tls12, Known));
        var entry = await server.Log.WaitForAsync("client certificate threw");
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.IsType<FormatException>(entry.Exception);
    }

    /// <summary>Null if the client was refused.</summary>
    private static async Task<string?> SubjectSeenAsync(SslProtocols version, string client, Action<TlsOptions> configure)
    {
        string? subject = null;
        using var server = new TlsFixture(
            connection =>
            {
                subject = connection.Tls!.ClientCertificate?.Subject ?? "";
                return TransportFixture.EchoAsync(connection);
            },
            configure);
        try
        {
            await ExchangeAsync(server, version, Certificate(client));
            Assert.NotNull(subject);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await server.Transport.NextEndAsync();
            Assert.Null(subject);
        }
        return subject;
    }

    private static async Task ExchangeAsync(TlsFixture server, SslProtocols version, X509Certificate2? certificate)
    {
        await using var stream = await server.ConnectTlsAsync(options =>
        {
            options.EnabledSslProtocols = version;
            if (certificate != null) options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        });
        await stream.WriteAsync("x"u8.ToArray()).AsTask().WaitAsync(TransportFixture.Deadline);
        if (await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TransportFixture.Deadline) == 0) throw new IOException("refused");
    }

    private static X509Certificate2? Certificate(string client) => client switch
    {
        "known" => Known,
        "stranger" => Stranger,
        "expired" => Expired,
        _ => null,
    };
}
