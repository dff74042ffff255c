using System.Text;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;
using Endless.Http.Tests.Interleavings.Transport;

namespace Endless.Http.Tests.Interleavings.Http2;

/// <summary>A connection that is served by the engine of HTTP/2. A derived scenario is handlers and client.</summary>
internal abstract class Http2Scenario : ServedScenario
{
    private readonly FrameWriter _frames = new();

    public override string[] Watched => ["Endless.Http.Semantics", "Endless.Http.Http2"];

    /// <summary>What the client may be sent of each stream before it says more.</summary>
    protected virtual uint Window => 65_535;

    protected override ProtocolContext NewContext() => new() { Handler = this, Logger = Log };

    /// <summary>The client begins.</summary>
    protected void Greet() => Send(frames => frames.WriteSettings(new Setting(SettingId.InitialWindowSize, Window)), Preface.Octets.ToArray());

    /// <summary>The client opens a stream with a request for a path.</summary>
    protected void Ask(int stream, string path, bool endStream = true)
    {
        var block = new List<byte>();
        foreach (var (name, value) in new[] { (":method", endStream ? "GET" : "POST"), (":scheme", "http"), (":path", path), (":authority", "h") })
        {
            // Literals without indexing, not compressed.
            block.Add(0);
            block.Add((byte)name.Length);
            block.AddRange(Encoding.ASCII.GetBytes(name));
            block.Add((byte)value.Length);
            block.AddRange(Encoding.ASCII.GetBytes(value));
        }
        Send(frames => frames.WriteHeaders(stream, block.ToArray(), endStream));
    }

    /// <summary>The client sends frames.</summary>
    protected void Send(Action<FrameWriter> write, byte[]? before = null)
    {
        _frames.Clear();
        write(_frames);
        Socket.Deliver([.. before ?? [], .. _frames.Written.Span]);
    }

    /// <summary>The client leaves when it has its answers, whole or reset.</summary>
    protected void LeaveAfter(params int[] streams)
    {
        var seen = 0;
        var hasEnded = false;
        Await(() =>
        {
            // Asked at each point: the answers are looked through again only where there are more.
            if (seen != Socket.Sent.Count) hasEnded = new Http2Answers(Socket.Sent).Over.IsSupersetOf(streams);
            seen = Socket.Sent.Count;
            return hasEnded;
        });
        Socket.EndByPeer();
    }
}
