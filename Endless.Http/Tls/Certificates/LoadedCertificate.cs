using System.Net.Security;

namespace Endless.Http.Tls;

/// <summary>A certificate ready for handshakes. Immutable.</summary>
/// <param name="Info">What is told of it.</param>
/// <param name="Authentication">What SslStream is given. Use after free: its certificates are never disposed of; handshakes under way may use a replaced one. The garbage collector takes it after them.</param>
/// <param name="Names">Whom it vouches for.</param>
internal sealed record LoadedCertificate(TlsCertificateInfo Info, SslServerAuthenticationOptions Authentication, CertificateNames Names);
