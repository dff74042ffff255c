namespace Endless.Http.Benchmarks;

/// <summary>The values of several rounds.</summary>
internal sealed class Series
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median => _values.Order().ElementAt(_values.Count / 2);

    public double Least => _values.Min();

    public double Most => _values.Max();

    public void Add(double value) => _values.Add(value);
}
