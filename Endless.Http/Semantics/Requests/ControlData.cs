namespace Endless.Http.Semantics;

/// <summary>
/// What a request asks for: its control data (RFC 9110 section 6.2), the host among them wherever it stood. Immutable: a connection keeps its last, since clients repeat themselves, and its requests share it.
/// </summary>
/// <param name="Method">The method as sent.</param>
/// <param name="Target">What it asks for; null if that could not be read.</param>
/// <param name="Version">What the client speaks.</param>
/// <param name="Host">As in <see cref="Request.Host"/>.</param>
internal sealed record ControlData(string Method, RequestTarget? Target, ProtocolVersion Version, string Host)
{
    /// <summary>
    /// The last request's again if it holds the same objects, else a new one. Text is not compared: the reader of requests keeps the last target and host, knows the usual methods, and gives the same
    /// object for the same text.
    /// </summary>
    public static ControlData Repeat(ControlData? last, string method, RequestTarget? target, ProtocolVersion version, string host) =>
        last is not null && ReferenceEquals(target, last.Target) && ReferenceEquals(host, last.Host) && ReferenceEquals(method, last.Method) && version == last.Version
            ? last
            : new ControlData(method, target, version, host);
}
