using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Endless.Http.Tests.Server;
using Endless.Http.Tests.Transport;
using Endless.Http.Tls;

namespace Endless.Http.Tests.Tls;

/// <summary>Clients of TLS 1.2, by the suites that they offer. The server's key is ECDSA.</summary>
public sealed class CipherSuiteTests
{
    private const TlsCipherSuite Strong = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private const TlsCipherSuite Cbc = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256;
    private const TlsCipherSuite StrongForRsa = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;

    [Fact]
    public async Task A_client_of_CBC_only_is_refused_with_an_alert_that_says_why()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => ConnectAsync(server, Cbc));
        Assert.Contains("insufficient security", refused.ToString());
        Assert.Contains("no cipher suite", (await server.Log.WaitForAsync("TLS handshake failed")).Message);
    }

    [Fact]
    public async Task Strong_suites_that_do_not_go_with_the_key_end_with_the_handshake()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        await using var client = await ConnectAsync(server, StrongForRsa, Cbc);
        Assert.Equal(Cbc, client.NegotiatedCipherSuite);
        await client.WriteAsync("x"u8.ToArray());
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TransportFixture.Deadline));
        Assert.Contains("no cipher suite", (await server.Log.WaitForAsync("TLS handshake failed")).Message);
    }

    [Fact]
    public async Task A_client_that_prefers_CBC_gets_what_the_server_prefers()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        await using var client = await ConnectAsync(server, Cbc, Strong);
        Assert.Equal(Strong, client.NegotiatedCipherSuite);
        await client.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task A_policy_allows_CBC_over_HTTP_1()
    {
        using var server = new ServerFixture();
        await using var client = await ConnectToPolicyAsync(server, SslApplicationProtocol.Http11);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(client);
        Assert.StartsWith("HTTP/1.1 200 ", await reader.ReadToEndAsync().WaitAsync(ServerFixture.Deadline));
    }

    [Fact]
    public async Task HTTP_2_over_CBC_ends_with_INADEQUATE_SECURITY()
    {
        using var server = new ServerFixture();
        await using var client = await ConnectToPolicyAsync(server, SslApplicationProtocol.Http2);
        await client.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        const byte goAway = 7;
        var header = new byte[9];
        byte[] payload;
        do
        {
            await client.ReadExactlyAsync(header).AsTask().WaitAsync(ServerFixture.Deadline);
            payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await client.ReadExactlyAsync(payload).AsTask().WaitAsync(ServerFixture.Deadline);
        }
        while (header[3] != goAway);
        Assert.Equal(0xcu, BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(4)));
        Assert.Contains("cipher suite", Encoding.ASCII.GetString(payload, 8, payload.Length - 8));
    }

    [Fact]
    public void A_hello_is_judged_by_its_suites_once_they_are_all_there()
    {
        var weak = Hello(Cbc, TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256);
        Assert.True(ClientHello.OffersWeakSuitesOnly(weak));
        Assert.False(ClientHello.OffersWeakSuitesOnly(Hello(Cbc, Strong)));
        Assert.False(ClientHello.OffersWeakSuitesOnly(Hello(Cbc, TlsCipherSuite.TLS_AES_128_GCM_SHA256)));
        Assert.False(ClientHello.OffersWeakSuitesOnly(Hello()));
        for (var length = 0; length < weak.Length; length++) Assert.False(ClientHello.OffersWeakSuitesOnly(weak.AsSpan(0, length)));
    }

    /// <summary>Up to the cipher suites, with a session id of 32 bytes.</summary>
    private static byte[] Hello(params TlsCipherSuite[] suites)
    {
        var hello = new byte[43 + 33 + 2 + 2 * suites.Length];
        new byte[] { 22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3 }.CopyTo(hello, 0);
        hello[43] = 32;
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(76), (ushort)(2 * suites.Length));
        for (var i = 0; i < suites.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(78 + 2 * i), (ushort)suites[i]);
        return hello;
    }

    private static Task<SslStream> ConnectAsync(TlsFixture server, params TlsCipherSuite[] suites) => server.ConnectTlsAsync(options => Offer(options, suites));

    private static void Offer(SslClientAuthenticationOptions options, params TlsCipherSuite[] suites)
    {
        options.EnabledSslProtocols = SslProtocols.Tls12;
#pragma warning disable CA1416 // not Windows
        options.CipherSuitesPolicy = new CipherSuitesPolicy(suites);
#pragma warning restore CA1416
    }

    private static async Task<SslStream> ConnectToPolicyAsync(ServerFixture fixture, SslApplicationProtocol protocol)
    {
        fixture.Server.TlsOptions.Certificate = TlsCertificate.From(TlsFixture.Authority.Issue("localhost"));
#pragma warning disable CA1416 // not Windows
        fixture.Server.TlsOptions.CipherSuites = new CipherSuitesPolicy([Cbc, TlsCipherSuite.TLS_AES_128_GCM_SHA256]);
#pragma warning restore CA1416
        await fixture.StartAsync(fixture.Server.ListenAndServeTLSAsync());
        var client = new SslStream(new NetworkStream(await fixture.ConnectAsync()));
        await client.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options =>
        {
            Offer(options, Cbc);
            options.ApplicationProtocols = [protocol];
        })).WaitAsync(ServerFixture.Deadline);
        Assert.Equal(Cbc, client.NegotiatedCipherSuite);
        return client;
    }
}
