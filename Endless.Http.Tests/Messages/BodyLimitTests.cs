using Endless.Http.Semantics;

namespace Endless.Http.Tests.Messages;

/// <summary>What a request's body may be at most, whichever protocol it comes by.</summary>
public sealed class BodyLimitTests
{
    [Theory]
    [InlineData(-1, -1, -1)]
    [InlineData(-1, 10, 10)]
    [InlineData(-1, 0, 0)]
    [InlineData(20, -1, 20)]
    [InlineData(20, 10, 10)]
    [InlineData(20, 20, 20)]
    [InlineData(20, 30, 20)]
    [InlineData(20, long.MaxValue, 20)]
    public void A_handler_can_only_be_stricter_than_the_server(long server, long handler, long expected) =>
        Assert.Equal(expected, new BodyLimit(server) { Bytes = handler }.Bytes);

    [Fact]
    public void A_handler_can_take_its_own_limit_back()
    {
        var limit = new BodyLimit(20) { Bytes = 5 };
        limit.Bytes = -1;
        Assert.Equal(20, limit.Bytes);
        limit.Bytes = 10;
        Assert.Equal(10, limit.Bytes);
    }

    [Theory]
    [InlineData(10, 10, 0, true)]
    [InlineData(10, 11, 0, false)]
    [InlineData(10, 4, 6, true)]
    [InlineData(10, 5, 6, false)]
    [InlineData(10, 0, 11, false)] // the handler became stricter meanwhile
    [InlineData(10, -1, 0, true)]  // a length that is not known
    [InlineData(0, 0, 0, true)]
    [InlineData(0, 1, 0, false)]
    [InlineData(-1, long.MaxValue, long.MaxValue, true)]
    [InlineData(long.MaxValue, long.MaxValue, 1, false)] // their sum does not fit
    public void So_many_bytes_may_come_behind_others(long bytes, long more, long before, bool allowed) =>
        Assert.Equal(allowed, new BodyLimit(bytes).Allows(more, before));

    [Fact]
    public void What_is_larger_is_told_the_limit_and_413()
    {
        var exceeded = new BodyLimit(1_000) { Bytes = 7 }.Exceeded();
        Assert.Equal((7, 413), (exceeded.Limit, exceeded.StatusCode));
    }
}
