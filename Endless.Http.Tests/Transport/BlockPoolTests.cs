using Endless.Http.Buffers;

namespace Endless.Http.Tests.Transport;

public class BlockPoolTests
{
    private readonly BlockPool _pool = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4 * 1024)]
    [InlineData(4 * 1024 + 1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(1024 * 1024)]
    public void A_block_is_as_long_as_asked_for(int length)
    {
        var block = _pool.Rent(length);
        Assert.InRange(block.Length, length, 2 * 1024 * 1024);
        _pool.Return(block);
    }

    [Fact]
    public void A_large_block_that_came_back_is_lent_again()
    {
        var block = _pool.Rent(64 * 1024);
        _pool.Return(block);
        Assert.Same(block, _pool.Rent(64 * 1024));
    }

    [Fact]
    public void A_trim_drops_what_came_back_and_takes_in_what_comes_later()
    {
        var lent = _pool.Rent(64 * 1024);
        var back = _pool.Rent(64 * 1024);
        _pool.Return(back);
        _pool.Trim();
        var fresh = _pool.Rent(64 * 1024);
        Assert.NotSame(back, fresh);
        _pool.Return(lent);
        Assert.Same(lent, _pool.Rent(64 * 1024));
    }
}
