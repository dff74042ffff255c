namespace Endless.Http.Testing;

/// <summary>A response that was sent before the final one (RFC 9110 section 15.2).</summary>
/// <param name="StatusCode">100 to 199, but not 101.</param>
/// <param name="Header">Its fields.</param>
public sealed record InterimResponse(int StatusCode, Header Header);
