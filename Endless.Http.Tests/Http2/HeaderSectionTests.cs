using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http2;

/// <summary>How many fields a header section may have, and what is kept of it (RFC 9113 section 8.2).</summary>
public sealed class HeaderSectionTests
{
    [Fact]
    public async Task Too_many_fields_are_refused()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write("handled")), new ProtocolLimits { MaxHeaderCount = 10 });
        await server.Client.HandshakeAsync();
        Assert.Equal(200, (await server.Client.RoundTripAsync(1, fields: [.. Enumerable.Range(0, 9).Select(i => ($"x-{i}", "a"))])).Status);
        Assert.Equal(431, (await server.Client.RoundTripAsync(3, fields: [.. Enumerable.Range(0, 30).Select(i => ($"x-{i}", "a"))])).Status);
    }

    [Fact]
    public async Task A_HEAD_with_too_many_fields_gets_a_head()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write("handled")), new ProtocolLimits { MaxHeaderCount = 10 });
        await server.Client.HandshakeAsync();
        (string, string)[] many = [.. Enumerable.Range(0, 30).Select(i => ($"x-{i}", "a"))];
        var refused = await server.Client.RoundTripAsync(1, "HEAD", fields: many);
        Assert.Equal((431, ""), (refused.Status, refused.Text));
        server.Client.Frames.WriteHeaders(3, server.Client.Block([.. many, (":method", "HEAD")]), endStream: true);
        await server.Client.SendAsync();
        refused = await server.Client.ReadResponseAsync(3);
        Assert.Equal((431, ""), (refused.Status, refused.Text));
    }

    /// <summary>RFC 9113 section 8.2.3: a field in crumbs is one field, in the order of the crumbs.</summary>
    [Fact]
    public async Task A_cookie_in_crumbs_is_one_field()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write($"{r.Header.Count} {r.Header["Cookie"]}")), new ProtocolLimits { MaxHeaderCount = 10 });
        await server.Client.HandshakeAsync();
        (string, string)[] crumbs = [.. Enumerable.Range(0, 150).Select(i => ("cookie", $"c{i}={i}"))];
        (string, string)[] others = [.. Enumerable.Range(0, 8).Select(i => ($"x-{i}", "a"))];
        var expected = $"10 {string.Join("; ", Enumerable.Range(0, 150).Select(i => $"c{i}={i}"))}"; // and Host
        Assert.Equal(expected, (await server.Client.RoundTripAsync(1, fields: [.. crumbs, .. others])).Text);
        Assert.Equal(expected, (await server.Client.RoundTripAsync(3, fields: [.. others[..4], .. crumbs[..75], .. others[4..], .. crumbs[75..]])).Text);
        Assert.Equal(431, (await server.Client.RoundTripAsync(5, fields: [.. crumbs, .. others, ("y", ""), ("z", ""), ("a", "")])).Status);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("cookie")]
    public async Task An_idle_connection_keeps_no_header_section(string name)
    {
        WeakReference? kept = null;
        await using var server = new Http2Fixture(Handler.From((w, r) => kept = new WeakReference(r.Header[name])), new ProtocolLimits { MaxHeaderBytes = 1 << 20 });
        await server.Client.HandshakeAsync();
        await server.Client.RoundTripAsync(1, fields: (name, new string('x', 500_000)));
        await server.Client.PingAsync();
        for (var i = 0; i < 3; i++) GC.Collect();
        Assert.False(kept!.IsAlive);
    }

    [Theory]
    [InlineData(":method")]
    [InlineData(":authority")]
    [InlineData("host")]
    public async Task An_idle_connection_keeps_no_long_method_or_host(string name)
    {
        WeakReference? kept = null;
        await using var server = new Http2Fixture(Handler.From((w, r) => kept = new WeakReference(name == ":method" ? r.Method : r.Host)));
        await server.Client.HandshakeAsync();
        (string, string)[] fields = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a"), ("host", "a")];
        var without = name[0] == ':' ? "host" : ":authority";
        server.Client.Frames.WriteHeaders(1, server.Client.Block([.. fields.Where(f => f.Item1 != without).Select(f => f.Item1 == name ? (name, new string('x', 10_000)) : f)]), endStream: true);
        await server.Client.SendAsync();
        Assert.Equal(200, (await server.Client.ReadResponseAsync(1)).Status);
        await server.Client.PingAsync();
        for (var i = 0; i < 3; i++) GC.Collect();
        Assert.False(kept!.IsAlive);
    }
}
