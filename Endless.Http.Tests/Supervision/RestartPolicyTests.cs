using Endless.Http.Supervision;

namespace Endless.Http.Tests.Supervision;

public sealed class RestartPolicyTests
{
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(1);

    private RestartPolicy _policy;

    private double? Next(TimeSpan lived)
    {
        _policy = _policy.Next(lived);
        return _policy.Pause?.TotalMilliseconds;
    }

    [Fact]
    public void The_pause_doubles_and_the_fifth_fast_crash_is_the_last() =>
        Assert.Equal([100, 200, 400, 800, null], Enumerable.Range(0, 5).Select(_ => Next(Fast)));

    [Fact]
    public void A_process_that_lived_starts_the_count_anew()
    {
        for (var i = 0; i < 4; i++) _ = Next(Fast);
        Assert.Equal(100, Next(RestartPolicy.Settled));
        Assert.Equal([100, 200, 400, 800, null], Enumerable.Range(0, 5).Select(_ => Next(Fast)));
    }
}
