using Endless.Http.Operations;

namespace Endless.Http.Tests.Handlers;

public sealed class RenderedPageTests
{
    [Fact]
    public void It_is_made_anew_until_somebody_asks_too_often()
    {
        var (made, now) = (0, 0L);
        var page = new RenderedPage(() => [(byte)++made], () => now);
        for (var i = 0; i < 1_000; i++) page.Get();
        Assert.Equal(RenderedPage.MostPerSecond, made);
        Assert.Equal([(byte)made], page.Get());
        now += 1_000 / RenderedPage.MostPerSecond;
        Assert.Equal([(byte)(RenderedPage.MostPerSecond + 1)], page.Get());
        Assert.Equal([(byte)(RenderedPage.MostPerSecond + 1)], page.Get());
        now += 10_000;
        for (var i = 0; i < 1_000; i++) page.Get();
        Assert.Equal(2 * RenderedPage.MostPerSecond + 1, made);
    }
}
