using Endless.Http.Connections;
using Endless.Http.Http1;

namespace Endless.Http.Tests.Http1;

/// <summary>When a client is late with its body, and when it is this server that looked late.</summary>
public sealed class BodyTimeoutTests
{
    [Fact]
    public void Bytes_that_a_late_look_finds_are_taken_for_a_second_more()
    {
        var timeout = new BodyTimeout(deadline: 5_000);
        Assert.False(timeout.IsOver(4_999));
        Assert.False(timeout.IsOver(9_000)); // when they came is not known
        Assert.False(timeout.IsOver(9_000 + Connection.Overtime - 1));
        Assert.True(timeout.IsOver(9_000 + Connection.Overtime));
    }

    [Fact]
    public void A_body_can_only_be_given_less_time()
    {
        var timeout = new BodyTimeout(Connection.NoDeadline);
        timeout.Hasten(5_000);
        Assert.Equal(5_000, timeout.Deadline);
        timeout.Hasten(6_000);
        Assert.Equal(5_000, timeout.Deadline);
    }
}
