using System.Net.Security;

namespace Endless.Http.Connections;

/// <summary>
/// The cipher suites of TLS 1.2 that keep what was said a secret if the key is lost later, and cannot be told anything by what is wrong with a record: ephemeral keys and
/// authenticated encryption. The others, CBC among them, are on the list that HTTP/2 prohibits (RFC 9113 appendix A). All of TLS 1.3's are strong.
/// </summary>
internal static class StrongCipherSuites
{
    public static bool Contain(TlsCipherSuite suite) => suite
        is >= TlsCipherSuite.TLS_AES_128_GCM_SHA256 and <= TlsCipherSuite.TLS_AES_128_CCM_8_SHA256
        or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        or TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        or TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 or TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
        or >= TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 and <= TlsCipherSuite.TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
        or >= TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM and <= TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8
        or TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_CCM or TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_CCM
        or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256 or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384
        or TlsCipherSuite.TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256 or TlsCipherSuite.TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384
        or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256 or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384
        or TlsCipherSuite.TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256 or TlsCipherSuite.TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384;
}
