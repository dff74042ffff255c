using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tls;

/// <summary>
/// A handshake of a certificate with a client in memory, before there are others: whether OpenSSL takes a key and a chain, which depends on its version, its
/// configuration and its security level, only a handshake tells.
/// </summary>
/// <remarks>It also makes the SSL_CTX that SslStream keeps for the certificate, which the first client would have to wait for.</remarks>
internal static class TrialHandshake
{
    /// <summary>Both sides run on the calling thread, in turn, and take milliseconds: past this something is out of order.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Null if it succeeds, else why not.</summary>
    /// <param name="options">As clients would be met, but for their certificates, which are not asked for.</param>
    public static string? Run(SslServerAuthenticationOptions options)
    {
        var (serverEnd, clientEnd) = TrialStream.Pair();
        using var server = new SslStream(serverEnd);
        using var client = new SslStream(clientEnd);
        var serving = OutcomeAsync(server.AuthenticateAsServerAsync(options), serverEnd);
        var asking = OutcomeAsync(client.AuthenticateAsClientAsync(ClientOptions(options)), clientEnd);
        if (!Task.WhenAll(serving, asking).Wait(Timeout)) return "it does not come to an end";
        // The side that only saw the other one end gives the worse reason.
        var failure = serving.Result is null or IOException ? asking.Result ?? serving.Result : serving.Result;
        return failure is null ? null : TlsLog.Reason(failure).Trim().TrimEnd('.');
    }

    /// <summary>A client that speaks all that the server does, and takes any certificate: what is tried is the server.</summary>
    private static SslClientAuthenticationOptions ClientOptions(SslServerAuthenticationOptions options) => new()
    {
        EnabledSslProtocols = options.EnabledSslProtocols,
        ApplicationProtocols = options.ApplicationProtocols,
        AllowTlsResume = false,
        CipherSuitesPolicy = options.CipherSuitesPolicy,
        // Nothing is fetched from the network, and no trusted roots are read.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        },
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    private static async Task<Exception?> OutcomeAsync(Task handshake, TrialStream end)
    {
        try
        {
            await handshake.ConfigureAwait(false);
            return null;
        }
        catch (Exception exception)
        {
            end.End();  // else the other side waits for ever
            return exception;
        }
    }
}
