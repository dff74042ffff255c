using System.Globalization;

namespace Endless.Http.Load;

/// <summary>What each generation had of the machine once it was alone, and whether that grows from the first ones to the last.</summary>
public sealed class FiguresTrend
{
    /// <summary>A process that is younger may still be growing into its work: figures are compared from this generation on.</summary>
    private const int FirstComparable = 5;

    /// <summary>Generations whose median stands for their time: one alone is as large as its last collection left it, and has the threads of its last busy moment.</summary>
    private const int Window = 20;

    private const int DescriptorSlack = 2;
    private const int ThreadSlack = 3;

    /// <summary>A leak of so much in so many generations is none that a restart hands on: each has a memory of its own.</summary>
    private const double MemorySlack = 1.1;

    private readonly List<ProcessFigures> _figures = [];

    public void Add(ProcessFigures figures) => _figures.Add(figures);

    /// <summary>The first that can be compared and the last, in words.</summary>
    public string Summary => _figures.Count == 0 ? "nothing measured"
        : string.Create(CultureInfo.InvariantCulture, $"generation {First.Number}: {First.Figures}; generation {_figures.Count + 1}: {Last}");

    /// <summary>What has grown, in words; null if nothing has.</summary>
    public string? Growth
    {
        get
        {
            if (_figures.Count < FirstComparable) return null;
            var (early, late) = (First.Figures, Last);
            if (late.Descriptors > early.Descriptors + DescriptorSlack) return $"descriptors have grown from {early.Descriptors} to {late.Descriptors}";
            if (_figures.Count < FirstComparable + 2 * Window) return null; // too few for a trend
            if (late.Threads > early.Threads + ThreadSlack) return $"threads have grown from {early.Threads} to {late.Threads}";
            if (late.ResidentMegabytes > early.ResidentMegabytes * MemorySlack)
                return string.Create(CultureInfo.InvariantCulture, $"resident memory has grown from {early.ResidentMegabytes:0.0} to {late.ResidentMegabytes:0.0} MiB");
            return null;
        }
    }

    private (int Number, ProcessFigures Figures) First
    {
        get
        {
            var index = Math.Min(FirstComparable - 2, _figures.Count - 1); // the first generation had no restart before it
            return (index + 2, Median(_figures.Skip(index).Take(Width)));
        }
    }

    private ProcessFigures Last => Median(_figures.TakeLast(Width));

    private int Width => _figures.Count < FirstComparable + 2 * Window ? 1 : Window;

    private static ProcessFigures Median(IEnumerable<ProcessFigures> figures)
    {
        var all = figures.ToList();
        return new ProcessFigures(Middle(all.ConvertAll(one => one.ResidentMegabytes)), Middle(all.ConvertAll(one => one.Descriptors)), Middle(all.ConvertAll(one => one.Threads)));
    }

    private static T Middle<T>(List<T> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
