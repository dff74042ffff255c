using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;
using Endless.Http.Tests.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Server;

/// <summary>What times out by default, what the settings make of it, and a client that does not read its response.</summary>
public sealed class TimeLimitTests
{
    /// <summary>Far more than sockets hold.</summary>
    private const int Large = 64 << 20;

    [Fact]
    public void By_default_a_head_has_30_s_a_next_one_130_s_and_a_response_240_bytes_a_second()
    {
        using var fixture = new ServerFixture();
        var context = fixture.Server.CreateContext();
        Assert.Equal((30_000, -1, -1, 130_000), Times(fixture.Server));
        Assert.Equal((240, 5_000), (context.Limits.MinBodyBytesPerSecond, context.Limits.MinBodyRateGrace));
        Assert.Equal(new LeastRate(240, 5_000), context.Limits.LeastResponseRate);
    }

    [Fact]
    public void A_read_timeout_stands_in_for_head_and_idle_and_a_negative_time_is_none()
    {
        using var fixture = new ServerFixture();
        var server = fixture.Server;
        server.ReadTimeout = TimeSpan.FromSeconds(10);
        Assert.Equal((10_000, 10_000, -1, 10_000), Times(server));
        server.ReadHeaderTimeout = TimeSpan.FromSeconds(1);
        server.IdleTimeout = TimeSpan.FromSeconds(2);
        Assert.Equal((1_000, 10_000, -1, 2_000), Times(server));
        server.ReadTimeout = Timeout.InfiniteTimeSpan;
        server.ReadHeaderTimeout = server.IdleTimeout = TimeSpan.Zero;
        Assert.Equal((30_000, -1, -1, 130_000), Times(server));
        server.ReadHeaderTimeout = server.IdleTimeout = Timeout.InfiniteTimeSpan;
        Assert.Equal((-1, -1, -1, -1), Times(server));
    }

    [Fact]
    public void A_least_rate_of_zero_or_an_endless_grace_is_none()
    {
        using var fixture = new ServerFixture();
        fixture.Server.MinResponseRate = 0;
        Assert.Null(fixture.Server.CreateContext().Limits.LeastResponseRate);
        fixture.Server.MinResponseRate = 1;
        fixture.Server.MinResponseRateGrace = Timeout.InfiniteTimeSpan;
        Assert.Null(fixture.Server.CreateContext().Limits.LeastResponseRate);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    public async Task A_client_that_reads_nothing_of_its_response_is_reset(bool http2, bool tls, bool synchronous)
    {
        var released = new TaskCompletionSource();
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(async (w, r) =>
        {
            try
            {
                if (synchronous) w.Write(new byte[Large]);
                else await w.WriteAsync(new byte[Large]);
            }
            finally
            {
                released.SetResult();
            }
        }));
        fixture.Server.MinResponseRate = 100_000_000;
        fixture.Server.MinResponseRateGrace = TimeSpan.FromMilliseconds(100);
        if (tls) fixture.Server.TlsOptions = new() { Certificate = TlsCertificate.From(TlsFixture.Authority.Issue("localhost")) };
        await fixture.StartAsync(tls ? fixture.Server.ListenAndServeTLSAsync() : fixture.Server.ListenAndServeAsync());

        await using var stream = await ConnectAsync(fixture, tls, http2);
        if (http2)
        {
            var client = new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream));
            await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, int.MaxValue));
            client.Frames.WriteWindowUpdate(0, int.MaxValue - 65_535);
            client.Request(1);
            await client.SendAsync();
        }
        else
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        await released.Task.WaitAsync(ServerFixture.Deadline);
        await Endless.Http.Load.Deadline.UntilAsync(() => fixture.Server.Stats is { Connections: 0, Abandoned: 1 }, "the connection is closed and counted");
        Assert.DoesNotContain(fixture.Log.Entries, e => e.Level > LogLevel.Information);
    }

    private static (long, long, long, long) Times(EndlessServer server) =>
        server.CreateContext().Timeouts is var times ? (times.ReadHeader, times.Read, times.Write, times.Idle) : default;

    private static async Task<Stream> ConnectAsync(ServerFixture server, bool tls, bool http2)
    {
        var stream = new NetworkStream(await server.ConnectAsync());
        if (!tls) return stream;
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options => options.ApplicationProtocols = http2 ? [SslApplicationProtocol.Http2] : null)).WaitAsync(ServerFixture.Deadline);
        return encrypted;
    }
}
