namespace Endless.Http;

/// <summary>Whether a server asks its clients for a certificate (mutual TLS). Mirrors Go's <c>tls.ClientAuthType</c>.</summary>
public enum ClientCertificateMode
{
    /// <summary>Clients are not asked. Go's <c>NoClientCert</c>.</summary>
    None,

    /// <summary>Clients are asked, need not have one, and are refused if theirs is not valid. Go's <c>VerifyClientCertIfGiven</c>.</summary>
    Optional,

    /// <summary>Clients without a valid certificate are refused. Go's <c>RequireAndVerifyClientCert</c>.</summary>
    Required,
}
