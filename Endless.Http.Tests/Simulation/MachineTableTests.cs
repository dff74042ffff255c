namespace Endless.Http.Tests.Simulation;

/// <summary>docs/restart.md shows the machine as it is.</summary>
public sealed class MachineTableTests
{
    [Fact]
    public void The_page_shows_the_table_that_the_machine_gives() =>
        Assert.True(MachineTableFile.Read() == MachineTable.Make(), "The table in docs/restart.md is not the machine's. ./build.sh simulate table writes it anew; read the difference and commit it.");

    [Fact]
    public void Every_phase_and_every_time_is_in_the_table()
    {
        var table = MachineTable.Make();
        foreach (var phase in Enum.GetValues<Generations.OwnPhase>()) Assert.Contains(TableWords.Of(phase), table, StringComparison.Ordinal);
        foreach (var phase in Enum.GetValues<Generations.PredecessorPhase>()) Assert.Contains(TableWords.Of(phase), table, StringComparison.Ordinal);
        foreach (var phase in Enum.GetValues<Generations.SuccessorPhase>()) Assert.Contains(TableWords.Of(phase), table, StringComparison.Ordinal);
        foreach (var timer in Enum.GetValues<Generations.GenerationTimer>())
        {
            Assert.Contains($"begins the time: {TableWords.Of(timer)}", table, StringComparison.Ordinal);
            Assert.Contains($"| time over: {TableWords.Of(timer)} |", table, StringComparison.Ordinal);
        }
    }
}
