using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>How a client speaks TLS.</summary>
/// <param name="Version">Of HTTP, which ALPN agrees on.</param>
/// <param name="Protocol">Of TLS.</param>
/// <param name="HasCertificate">It has a certificate of its own.</param>
/// <param name="Host">What it calls the server: a name goes into the handshake, an address does not.</param>
public sealed record TlsClient(int Version, SslProtocols Protocol, bool HasCertificate, string Host)
{
    public override string ToString() => $"HTTP/{Version} over {Protocol} to {Host}{(HasCertificate ? " with a certificate" : "")}";

    internal async Task<Answer> AskAsync(IPEndPoint endpoint, string path, X509Certificate2 own)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(endpoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = Protocol,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                LocalCertificateSelectionCallback = HasCertificate ? (_, _, _, _, _) => own : null,
            },
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://{Host}:{endpoint.Port}{path}")) { Version = new Version(Version, Version == 1 ? 1 : 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Host = "peer";
        using var response = await client.SendAsync(request);
        var answer = new Answer { Status = (int)response.StatusCode, Framing = response.Content.Headers.ContentLength is null ? "stream" : "length", Body = await response.Content.ReadAsByteArrayAsync() };
        foreach (var (name, values) in response.Headers.NonValidated) answer.Headers.Add((name, values.ToString()));
        return answer;
    }
}
