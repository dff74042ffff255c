using Endless.Http.Semantics;
using Endless.Http.Tests.Interleavings.Transport;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>A connection that is served by the engine of HTTP/1.1. A derived scenario is handler and client.</summary>
internal abstract class Http1Scenario : ServedScenario
{
    public override string[] Watched => ["Endless.Http.Semantics", "Endless.Http.Http1"];

    protected virtual ProtocolTimeouts Timeouts => new();

    protected override ProtocolContext NewContext() => new() { Handler = this, Logger = Log, UnencryptedHttp2 = false, Timeouts = Timeouts };
}
