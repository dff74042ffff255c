namespace Endless.Http.Status;

/// <summary>A server, for those who watch it.</summary>
/// <param name="Address">What it is bound to; before that, what it is configured for.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Stats">What it has done, and what it is doing.</param>
/// <param name="Certificates">What it presents to clients; empty without TLS.</param>
/// <param name="Awaited">What its drain waits for, in words; null if it waits for nothing.</param>
internal sealed record MemberStatus(string Address, ServerState State, ServerStats Stats, IReadOnlyList<TlsCertificateInfo> Certificates, string? Awaited);
