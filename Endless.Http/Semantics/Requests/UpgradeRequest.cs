namespace Endless.Http.Semantics;

/// <summary>A request of HTTP/1.1 that asked to go on with HTTP/2 and becomes its first, stream 1 (RFC 7540 section 3.2). It has no body.</summary>
/// <param name="ControlData">What it asks for, as of HTTP/2.</param>
/// <param name="Fields">Its fields, without those about the connection.</param>
/// <param name="Settings">The payload of the client's SETTINGS frame, out of HTTP2-Settings.</param>
internal sealed record UpgradeRequest(ControlData ControlData, FieldLines Fields, byte[] Settings);
