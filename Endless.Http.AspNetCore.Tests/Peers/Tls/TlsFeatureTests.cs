using System.Security.Authentication;
using System.Text;
using Endless.Http.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Every feature that Kestrel offers a request over TLS is there on Endless.Http and says the same.</summary>
public sealed class TlsFeatureTests
{
    private static readonly Explanation[] Explanations =
    [
        .. FeatureTests.Explanations,
        new("*", "asked ISslStreamFeature", "A stream that something else reads or writes loses bytes to it."),
        new("tls", "stream", "The same."),
        new("tls", "socket", "The engine's descriptor has no Socket object."),
        new("*", "ITlsHandshakeFeature.HostName", "The name that the client asked for is told; Kestrel tells it where a selector of certificates is asked."),
    ];

    public static TheoryData<TlsClient> Clients => new(
        from version in new[] { 1, 2 }
        from protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 }
        from client in new[] { new TlsClient(version, protocol, HasCertificate: false, "localhost"), new TlsClient(version, protocol, HasCertificate: true, "127.0.0.1") }
        select client);

    [Theory]
    [MemberData(nameof(Clients), DisableDiscoveryEnumeration = true)]
    public async Task Both_servers_offer_the_same_features_over_TLS(TlsClient client)
    {
        using var certificate = TestCertificate.Create();
        using var own = TestCertificate.Create();
        await using var servers = await TwoServers.StartAsync(null, static application =>
        {
            application.Use(static (context, next) => context.Request.Path == "/report/tls" ? ReportAsync(context) : next(context));
            FeatureTests.Build(application);
        }, certificate: certificate);
        var differences = new List<Difference>();
        foreach (var report in (string[])[.. FeatureTests.Reports, "tls"])
        {
            differences.AddRange(await servers.CompareAsync(report, async peer =>
            {
                var answer = await client.AskAsync(peer.Https!, "/report/" + report, own);
                if (report == "tls") Assert.Contains($"client certificate: {(client.HasCertificate ? own.Thumbprint : "none")}\n", answer.Text, StringComparison.Ordinal);
                return FeatureTests.Read(answer);
            }));
        }
        Explanation.AssertAll(differences, Explanations);
    }

    private static async Task ReportAsync(HttpContext context)
    {
        var report = new Observation();
        var features = context.Features;
        report.Add("scheme", $"{context.Request.Scheme} {context.Request.IsHttps}");
        report.Add("protocol", context.Request.Protocol);
        report.Add("client certificate", context.Connection.ClientCertificate?.Thumbprint ?? "none");
        await report.TryAsync("client certificate asked for", async () => report.Add("client certificate later", (await context.Connection.GetClientCertificateAsync())?.Thumbprint ?? "none"));
        var tls = features.GetRequiredFeature<ITlsConnectionFeature>();
        report.Add("the same each time", ReferenceEquals(tls, features.Get<ITlsConnectionFeature>()) && ReferenceEquals(tls.ClientCertificate, context.Connection.ClientCertificate));
        report.Add("handshake's is the connection's", ReferenceEquals(tls, features.Get<ITlsHandshakeFeature>()));
        report.Add("stream", features.Get<ISslStreamFeature>()?.SslStream.GetType().Name);
        report.Add("socket", features.Get<IConnectionSocketFeature>()?.Socket.GetType().Name);
        context.Connection.ClientCertificate = null;
        report.Add("client certificate set to none", context.Connection.ClientCertificate is null && tls.ClientCertificate is null);
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(report.ToString()));
    }
}
