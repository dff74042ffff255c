using System.Buffers;
using System.Text;
using Endless.Http.Transport;

namespace Endless.Http.Tests.Http1;

public sealed class HijackTests
{
    [Fact]
    public async Task The_handler_owns_the_connection_from_the_first_byte_after_the_head()
    {
        HijackedConnection? hijacked = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            if (r.Path == "/") return;
            hijacked = w.Hijack();
            Assert.Throws<InvalidOperationException>(() => w.Write("x"));
            Assert.Throws<InvalidOperationException>(() => w.Hijack());
        });
        await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nraw bytes");
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
        Assert.Equal(ConnectionOutcome.Hijacked, await server.OutcomeAsync());
        Assert.Equal([ConnState.Active, ConnState.Hijacked], server.States);

        var read = await hijacked!.Input.ReadAsync();
        Assert.Equal("raw bytes", Encoding.ASCII.GetString(read.Buffer.ToArray()));
        hijacked.Input.AdvanceTo(read.Buffer.End);
        await hijacked.Output.WriteAsync("raw answer"u8.ToArray());
        Assert.Equal("raw answer", server.Client.Peek());
        hijacked.Dispose();
    }

    [Fact]
    public async Task It_is_refused_once_something_was_written()
    {
        Exception? error = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Write("x");
            error = Record.Exception(() => w.Hijack());
        });
        Assert.Equal("x", (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        Assert.IsType<InvalidOperationException>(error);
    }
}
