using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Messages;

/// <summary>How slowly a request's body may come, whichever protocol it comes by.</summary>
public sealed class LeastBodyRateTests
{
    private static readonly ProtocolLimits Limits = new() { MinBodyBytesPerSecond = 240, MinBodyRateGrace = 5_000 };

    private BodyRate _rate = new();

    [Fact]
    public void While_no_read_waits_there_is_no_deadline()
    {
        Assert.Equal(Connection.NoDeadline, _rate.Deadline(received: 0, Limits));
        _rate.BeginWait(0);
        _rate.EndWait(100_000);
        Assert.Equal(Connection.NoDeadline, _rate.Deadline(received: 0, Limits));
    }

    [Theory]
    [InlineData(0, 5_000)]
    [InlineData(1_199, 5_000)]
    [InlineData(1_200, 5_000)]
    [InlineData(2_400, 10_000)]
    [InlineData(240_000_000, 1_000_000_000)]
    public void Reads_may_wait_as_long_as_the_bytes_take_and_for_the_grace_at_least(long received, long allowed)
    {
        _rate.BeginWait(0);
        Assert.Equal(allowed, _rate.Deadline(received, Limits));
    }

    [Fact]
    public void All_waits_of_a_body_count_and_the_time_between_them_does_not()
    {
        _rate.BeginWait(1_000);
        Assert.Equal(6_000, _rate.Deadline(received: 0, Limits));
        _rate.EndWait(4_000);
        _rate.BeginWait(60_000); // the handler took its time
        Assert.Equal(62_000, _rate.Deadline(received: 0, Limits));
        Assert.Equal(67_000, _rate.Deadline(received: 2_400, Limits));
    }

    [Fact]
    public void A_clock_that_goes_back_gives_no_time()
    {
        _rate.BeginWait(1_000);
        _rate.EndWait(500);
        _rate.BeginWait(1_000);
        Assert.Equal(6_000, _rate.Deadline(received: 0, Limits));
    }

    [Fact]
    public void A_server_without_a_least_rate_waits_for_ever()
    {
        _rate.BeginWait(1_000);
        Assert.Equal(Connection.NoDeadline, _rate.Deadline(received: 0, new ProtocolLimits { MinBodyBytesPerSecond = 0, MinBodyRateGrace = 5_000 }));
    }
}
