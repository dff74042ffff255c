namespace Endless.Http.Tests.Programs;

/// <summary>All programs of the storm.</summary>
internal sealed class StormPrograms : IAsyncDisposable
{
    private readonly RelayPrograms _relays;
    private readonly KeepPrograms _keepers = new();
    private readonly int _weight;

    public StormPrograms(Storm storm, string[] names)
    {
        _relays = new RelayPrograms(storm);
        All =
        [
            .. StreamPrograms.All, .. PipePrograms.All, .. WritePrograms.All, .. ContextPrograms.All, .. _relays.All,
            .. LatePrograms.All, .. OverlapPrograms.All, .. _keepers.All, .. AbandonPrograms.All, .. FailPrograms.All, .. HijackPrograms.All,
        ];
        if (names.Length > 0) All = [.. All.Where(program => names.Any(name => program.Name.StartsWith(name, StringComparison.Ordinal)))];
        _weight = All.Sum(program => program.Weight);
    }

    public IReadOnlyList<StormProgram> All { get; }

    public Task StartAsync() => _relays.StartAsync();

    public StormProgram Choose(Random random, Func<StormProgram, bool>? suits)
    {
        while (true)
        {
            var at = random.Next(_weight);
            var chosen = All.First(program => (at -= program.Weight) < 0);
            if (suits is null || suits(chosen)) return chosen;
        }
    }

    /// <summary>Nothing is kept for a next request any more.</summary>
    public void Release() => _keepers.Release();

    public ValueTask DisposeAsync() => _relays.DisposeAsync();
}
