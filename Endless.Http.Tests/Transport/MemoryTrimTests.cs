using Endless.Http.Loops;

namespace Endless.Http.Tests.Transport;

public class MemoryTrimTests
{
    private const long Mebibyte = 1024 * 1024;

    private long _allocated;
    private int _connections;
    private int _collections;
    private int _trims;
    private long _now = 1_000_000;

    [Fact]
    public void After_a_burst_memory_is_given_back_once()
    {
        var trim = Trim();
        Pass(trim, seconds: 20, bytesASecond: 10 * Mebibyte);
        Assert.Equal(0, _collections);
        Assert.True(trim.IsPending);
        Pass(trim, seconds: 8, bytesASecond: 0);
        Assert.Equal(1, _collections);
        Assert.Equal(1, _trims);
        Assert.False(trim.IsPending);
        Pass(trim, seconds: 600, bytesASecond: 100);
        Assert.Equal(1, _collections);
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void A_second_burst_is_given_back_as_soon_as_the_first()
    {
        var trim = Trim();
        for (var burst = 1; burst <= 2; burst++)
        {
            Pass(trim, seconds: 1, bytesASecond: 10 * Mebibyte);
            Pass(trim, seconds: 8, bytesASecond: 0);
            Assert.Equal(burst, _collections);
        }
    }

    [Fact]
    public void A_mebibyte_is_given_back_a_minute_after_the_last_collection()
    {
        var trim = Trim();
        Pass(trim, seconds: 1, bytesASecond: 10 * Mebibyte);
        Pass(trim, seconds: 8, bytesASecond: 0);
        Assert.Equal(1, _collections);
        Pass(trim, seconds: 1, bytesASecond: Mebibyte);
        Pass(trim, seconds: 40, bytesASecond: 0);
        Assert.Equal(1, _collections);
        Assert.True(trim.IsPending);
        Pass(trim, seconds: 20, bytesASecond: 0);
        Assert.Equal(2, _collections);
        Assert.False(trim.IsPending);
    }

    [Fact]
    public void What_ten_thousand_idle_connections_held_is_given_back_when_they_have_gone()
    {
        var trim = Trim();
        _connections = 10_000;
        Pass(trim, seconds: 1, bytesASecond: 30 * Mebibyte);
        Pass(trim, seconds: 8, bytesASecond: 0);
        Assert.Equal(1, _collections);
        _connections = 0;
        Pass(trim, seconds: 8, bytesASecond: 0);
        Assert.Equal(2, _collections);
        Pass(trim, seconds: 600, bytesASecond: 100);
        Assert.Equal(2, _collections);
    }

    [Fact]
    public void A_busy_process_is_left_alone()
    {
        Pass(Trim(), seconds: 600, bytesASecond: Mebibyte);
        Assert.Equal(0, _collections);
    }

    [Fact]
    public void A_little_garbage_is_not_worth_a_collection()
    {
        var trim = Trim();
        Pass(trim, seconds: 600, bytesASecond: 256);
        Assert.Equal(0, _collections);
        Assert.False(trim.IsPending);
    }

    private MemoryTrim Trim() => new(() => _allocated, () => _connections, () => _collections++, () => _trims++);

    // The monitor looks far more often than once a second.
    private void Pass(MemoryTrim trim, int seconds, long bytesASecond)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            _allocated += bytesASecond / 10;
            trim.Look(_now += 100);
        }
    }
}
