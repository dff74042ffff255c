using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>What a program says in ConfigureKestrel, which nobody has moved yet.</summary>
public sealed class KestrelCodeTests
{
    [Fact]
    public void Limits_of_ConfigureKestrel_are_taken_over()
    {
        var log = new RecordedLog();
        var options = TestPlan.Read("""
            { "Kestrel": { "Limits": { "MaxRequestLineSize": 1000, "MaxRequestHeaderCount": 10 } }, "Endless": { "Limits": { "MaxRequestHeadersTotalSize": 3000 } } }
            """, log, configureKestrel: kestrel =>
        {
            kestrel.AllowSynchronousIO = true;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxConcurrentConnections = 7;
            kestrel.Limits.MaxRequestLineSize = 2_000;
            kestrel.Limits.MaxRequestHeadersTotalSize = 2_000;
            kestrel.Limits.KeepAliveTimeout = Timeout.InfiniteTimeSpan;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(7);
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = new MinDataRate(7, TimeSpan.FromSeconds(7));
        });
        Assert.True(options.AllowSynchronousIO);
        Assert.Equal((null, 7, 2_000, 3_000, 10), (options.Limits.MaxRequestBodySize, options.Limits.MaxConcurrentConnections, options.Limits.MaxRequestLineSize, options.Limits.MaxRequestHeadersTotalSize, options.Limits.MaxRequestHeaderCount));
        Assert.Equal((Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(7), null, 7.0), (options.Limits.KeepAliveTimeout, options.Limits.RequestHeadersTimeout, options.Limits.MinRequestBodyDataRate, options.Limits.MinResponseDataRate?.BytesPerSecond));
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public void What_has_no_equal_is_named()
    {
        var log = new RecordedLog();
        TestPlan.Read("{}", log, configureKestrel: kestrel => (kestrel.Limits.MaxResponseBufferSize, kestrel.Limits.Http2.MaxStreamsPerConnection) = (null, 7));
        Assert.Equal(2, log.Warnings.Count);
        Assert.StartsWith("Limits.MaxResponseBufferSize of ConfigureKestrel", log.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("are fixed", log.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Its_endpoints_are_named_and_not_lost_in_silence()
    {
        var log = new RecordedLog();
        TestPlan.Read("{}", log, configureKestrel: kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 81);
            kestrel.ListenUnixSocket("/tmp/a.sock");
        });
        var warning = Assert.Single(log.Warnings);
        Assert.Contains("http://127.0.0.1:81, http://unix:/tmp/a.sock", warning, StringComparison.Ordinal);
        Assert.Contains("UseEndless", warning, StringComparison.Ordinal);
    }
}
