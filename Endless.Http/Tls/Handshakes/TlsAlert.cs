namespace Endless.Http.Tls;

/// <summary>Alerts that SslStream has no way to send, in the clear: before the server's first message nothing else is possible (RFC 8446 section 6).</summary>
internal static class TlsAlert
{
    public const byte InsufficientSecurity = 71;
    public const byte MissingExtension = 109;
    public const byte UnrecognizedName = 112;

    /// <summary>The record of a fatal one.</summary>
    public static byte[] Fatal(byte description) => [21, 3, 3, 0, 2, 2, description];
}
