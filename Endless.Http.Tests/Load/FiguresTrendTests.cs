using Endless.Http.Load;

namespace Endless.Http.Tests.Load;

/// <summary>A long run fails where each generation has a little more than the last.</summary>
public class FiguresTrendTests
{
    private const int Restarts = 100;

    [Fact]
    public void Figures_that_only_vary_have_not_grown()
    {
        var random = new Random(1);
        Assert.Null(Trend(_ => new ProcessFigures(50 + random.Next(5), 100 + random.Next(2), 20 + random.Next(3))).Growth);
    }

    [Fact]
    public void One_generation_that_has_just_been_busy_is_no_growth() =>
        Assert.Null(Trend(restart => restart == Restarts - 1 ? new ProcessFigures(90, 100, 60) : new ProcessFigures(50, 100, 20)).Growth);

    [Fact]
    public void A_descriptor_that_each_tenth_restart_leaves_behind_is_told() =>
        Assert.Equal("descriptors have grown from 101 to 109", Trend(restart => new ProcessFigures(50, 100 + restart / 10, 20)).Growth);

    [Fact]
    public void A_thread_that_each_tenth_restart_leaves_behind_is_told() =>
        Assert.Equal("threads have grown from 21 to 29", Trend(restart => new ProcessFigures(50, 100, 20 + restart / 10)).Growth);

    [Fact]
    public void Memory_that_each_restart_leaves_behind_is_told() =>
        Assert.Equal("resident memory has grown from 51.3 to 59.0 MiB", Trend(restart => new ProcessFigures(50 + restart / 10.0, 100, 20)).Growth);

    [Fact]
    public void A_short_run_judges_descriptors_alone()
    {
        Assert.Null(Trend(restart => new ProcessFigures(50 + restart, 100, 20 + restart), restarts: 8).Growth);
        Assert.Equal("descriptors have grown from 103 to 107", Trend(restart => new ProcessFigures(50, 100 + restart, 20), restarts: 8).Growth);
    }

    private static FiguresTrend Trend(Func<int, ProcessFigures> figures, int restarts = Restarts)
    {
        var trend = new FiguresTrend();
        for (var restart = 0; restart < restarts; restart++) trend.Add(figures(restart));
        return trend;
    }
}
