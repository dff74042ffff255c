using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>Stories that the simulator has found: each breaks a promise with the fault it was found by, and none with the machine as it is.</summary>
public sealed class StoryTests
{
    private const string Started = "0.Accept 0.TellAccept 0.Signal 0.HandleSignal 0.StateGiven 0.SpawnDone 0.TellSpawned 1.Accept 1.TellAccept ";
    private const string OnProbation = Started + "0.ReadUp ";
    private const string InHandOver = OnProbation + "0.Time.2 0.StateGiven ";

    /// <summary>The fault, the promise, the story.</summary>
    public static TheoryData<string, string, string> Stories => new()
    {
        // The child heard SIGTERM, and said so, while its parent gave it up for being late.
        { "a stop is not heard of one given up", "a stop was forgotten", $"2 2 0 0 alone coarse: {Started}1.Signal.1 1.HandleSignal.1 0.Time.1 0.ReadUp 0.ReadUp 0.SeeExit" },
        // The manager's signal waited behind the last connection of a generation that drained.
        { "one that has ended passes no stop on", "a stop was forgotten", $"2 2 0 0 managed coarse: {InHandOver}0.Give 0.Signal.1 0.TellIdle 0.ServersEnd 0.HandleSignal.1" },
        // The program of the child closed its servers on probation; the pid file names it until its process has ended.
        {
            "a child without servers tells no stop", "a stop was forgotten",
            $"2 2 1 0 alone coarse: {OnProbation}1.AppCloses 1.ServersEnd 0.ReadUp 1.Signal.1 1.HandleSignal.1 0.Time.4 0.SeeExit"
        },
        // The child cannot read what its parent says, so neither that it stops.
        { "no successor is killed in the end", "a stop was forgotten", $"2 2 1 0 alone coarse: {OnProbation}1.TearDown 0.Signal.1 0.HandleSignal.1 0.TellStop 0.ServersEnd 0.Time.7 0.Exit 1.ReadDown" },
        // The same, with nobody who would ever give it up.
        { "no time for a farewell", "a stop was forgotten", $"2 2 1 0 alone coarse: {OnProbation}1.TearDown 0.Signal.1 0.HandleSignal.1 0.TellStop 0.ServersEnd" },
        // A successor that takes nothing it is given.
        { "no time to hand over", "somebody waits for the answer to a restart, for ever", $"2 1 1 1 alone coarse: 0.Accept 0.TellAccept 0.Connect 0.Signal 0.HandleSignal 0.StateGiven 0.SpawnRogue 0.TellSpawned 1.RogueSays 0.ReadUp 0.Time.2 0.StateGiven 0.Give" },
    };

    [Theory]
    [MemberData(nameof(Stories))]
    public void What_was_found_is_mended(string fault, string promise, string story)
    {
        Assert.Equal(promise, Story.Parse(new Rules(Mutant.Of(fault)), story).Play());
        Assert.Null(Story.Parse(new Rules(GenerationMachine.Next), story).Play());
    }

    /// <summary>
    /// The stop that a manager sent to a generation on its way out came to the next one, which left the service before it read it. It passes it on: over a channel that is broken, or to one that has lived
    /// and gone meanwhile. Found among ten million states.
    /// </summary>
    [Theory]
    [InlineData("3 3 1 0", "2.TearDown 1.ReadDown 1.Exit 2.ReadDown")]
    [InlineData("4 4 0 0", "2.ReadDown 2.ReadDown 2.Signal 2.HandleSignal 2.StateGiven 2.SpawnDone 2.TellSpawned 3.Accept 3.TellAccept 2.ReadUp 2.Time.2 2.StateGiven 2.Give 2.TellIdle 2.ServersEnd 2.Exit 1.ReadDown 1.Exit 3.ReadDown 3.ReadDown 3.ReadDown")]
    public void A_stop_that_reaches_nobody_is_no_fault_of_the_machine(string limits, string end)
    {
        const string StoppedWhenOver = "0.Give 1.ReadDown 0.Signal.1 0.TellIdle 0.HandleSignal.1 0.ServersEnd 0.Exit ";
        const string Restarts = "1.ReadDown 1.Signal 1.HandleSignal 1.StateGiven 1.SpawnDone 1.TellSpawned 2.Accept 2.TellAccept 1.ReadUp 1.Time.2 1.StateGiven 1.Give 1.TellIdle 1.ServersEnd ";
        Assert.Null(Story.Parse(new Rules(GenerationMachine.Next), $"{limits} managed coarse: {InHandOver}{StoppedWhenOver}{Restarts}{end}").Play());
    }

    /// <summary>
    /// The answer to a batch was in what could not be understood; the next generation, in charge, handed the connection on and ended. Served again by who had given it, it had two readers. What the machine
    /// says is the same; <see cref="Endless.Http.Generations.Successor"/> closes it.
    /// </summary>
    [Fact]
    public void A_connection_that_may_have_been_handed_on_is_not_served_again()
    {
        const string TakenAndHandedOn = "0.Accept 0.TellAccept 0.Connect.1 0.Signal 0.HandleSignal 0.StateGiven 0.SpawnDone 1.Accept 0.TellSpawned 1.TellAccept 0.ReadUp 0.Time.2 0.Time 0.Give 0.TellIdle 1.ReadDown 1.ReadDown 0.RequestEnds.8 1.Signal 1.HandleSignal 0.Give 1.StateGiven 1.SpawnDone 1.TellSpawned 2.Accept 1.ReadDown 2.TellAccept 1.ReadUp 1.Time.2 1.TearUp 1.StateGiven 2.ReadDown 1.Give 2.ReadDown 1.ReadUp 1.Give 1.TellIdle 1.ServersEnd 1.Exit";
        Assert.Null(Story.Parse(new Rules(GenerationMachine.Next), "7 8 1 4 alone coarse: " + TakenAndHandedOn).Play());
    }

    [Fact]
    public void A_story_is_shrunk_told_and_read_again()
    {
        var rules = new Rules(Mutant.Of("a successor's stop is not heard"));
        var walk = new Walk(rules);
        var made = new List<Move>();
        ulong seed = 1;
        while (walk.Play(seed, out _) is null) seed++;
        var promise = walk.Play(seed, out var limits, made);
        var story = new Story(rules, limits, made);
        var shorter = story.Shrink();
        Assert.InRange(shorter.Moves.Count, 1, made.Count - 1);
        Assert.Equal(promise, shorter.Play());
        Assert.Equal(promise, Story.Parse(rules, shorter.ToString()).Play());
        Assert.Contains($"{promise}\nstory: {shorter}\n", shorter.Tell(), StringComparison.Ordinal);
    }
}
