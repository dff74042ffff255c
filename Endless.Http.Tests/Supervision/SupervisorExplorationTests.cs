using Endless.Http.Native;
using Endless.Http.Signals;
using Endless.Http.Supervision;

namespace Endless.Http.Tests.Supervision;

/// <summary>Every short order of what can happen to a family, and long random ones: in none is a stop forgotten, a start doubled, a stranger signalled or the end missed.</summary>
public sealed class SupervisorExplorationTests
{
    [Fact]
    public void No_order_of_four_events_forgets_a_stop()
    {
        Explore(Family.Started, 4, "");

        static void Explore(Family family, int depth, string story)
        {
            family.CheckEnd(story);
            if (depth == 0) return;
            for (var kind = 0; kind < Family.Kinds; kind++)
                if (family.Happen(kind) is var next && next != family) Explore(next, depth - 1, $"{story} {kind}");
        }
    }

    [Fact]
    public void No_long_order_of_events_forgets_a_stop()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var run = 0; run < 10_000; run++)
        {
            var (family, story) = (Family.Started, $"seed {seed}, run {run}:");
            for (var i = 0; i < 25; i++)
            {
                var kind = random.Next(Family.Kinds);
                story += $" {kind}";
                family = family.Happen(kind);
            }
            family.CheckEnd(story);
        }
    }

    /// <summary>The processes as they are, beside what the supervisor knows of them.</summary>
    /// <param name="State">What the supervisor knows.</param>
    /// <param name="Now">The time.</param>
    /// <param name="NextId">The pid of the next process.</param>
    /// <param name="Alive">The processes there are.</param>
    /// <param name="Leaving">Those of them that end by themselves: they were told to, or have handed on.</param>
    /// <param name="IsStopped">The supervisor was told to stop.</param>
    private sealed record Family(SupervisorState State, long Now, int NextId, IReadOnlyList<int> Alive, IReadOnlyList<int> Leaving, bool IsStopped)
    {
        public const int Kinds = 14;

        public static Family Started { get; } = new Family(new SupervisorState { StartDue = 0 }, 0, 2, [], [], false).Happen(0);

        /// <summary>One of the things that can happen; the same family if it cannot.</summary>
        public Family Happen(int kind)
        {
            var main = State.Main;
            var other = Alive.FirstOrDefault(id => id != main);
            if (State.IsOver) return this;
            return kind switch
            {
                0 when State.Due is { } due => Take(new SupervisorEvent.Time(), this with { Now = Math.Max(Now, due) }),
                1 when main > 0 => Say(main, "READY=1"),
                2 when main > 0 => (this with { Leaving = [.. Leaving, main] }).Say(main, "STOPPING=1"),
                3 when main > 0 => (Born() with { Leaving = [.. Leaving, main] }).Say(main, $"MAINPID={NextId}", "READY=1"),
                4 => Born().Say(NextId, $"MAINPID={NextId}", "READY=1"),
                5 => End(main, 0),
                6 => End(main, 9),
                7 => End(main, null),
                8 => End(other, 0),
                9 => Signal(HandledSignal.SIGTERM, false),
                10 => Signal(HandledSignal.SIGINT, true), // and nobody else has it: the worst case
                11 => Signal(HandledSignal.SIGHUP, false),
                12 => Signal(HandledSignal.SIGUSR2, false),
                13 => Take(new SupervisorEvent.Time(), this with { Now = Now + 30_000 }),
                _ => this,
            };
        }

        /// <summary>Stopped now, it comes to its end: all that is due happens, whoever leaves has left, and nobody is left behind.</summary>
        public void CheckEnd(string story)
        {
            var family = IsStopped ? this : Happen(9);
            for (var i = 0; i < 10 && !family.State.IsOver; i++)
            {
                foreach (var id in family.Alive.Where(family.Leaving.Contains)) family = family.End(id, 0);
                family = family.Happen(0);
            }
            Assert.True(family.State.IsOver && family.Alive.Count == 0, $"{story}: of {string.Join(' ', Alive)}, {string.Join(' ', family.Alive)} were left. {family.State}");
        }

        private Family Born() => this with { NextId = NextId + 1, Alive = [.. Alive, NextId] };

        private Family Say(int sender, params string[] assignments) => Take(new SupervisorEvent.Message(sender, new ManagerMessage(assignments)), this);

        private Family End(int id, int? status) =>
            Alive.Contains(id) ? Take(new SupervisorEvent.Ended(id, new ExitStatus(status)), this with { Alive = [.. Alive.Where(other => other != id)] }) : this;

        private Family Signal(HandledSignal signal, bool isTyped) =>
            Take(new SupervisorEvent.Signal(signal, isTyped), this with { IsStopped = IsStopped || signal is HandledSignal.SIGTERM or HandledSignal.SIGINT });

        private static Family Take(SupervisorEvent happened, Family family)
        {
            var (state, actions) = SupervisorMachine.Step(family.State, happened, family.Now);
            family = family with { State = state };
            foreach (var action in actions)
            {
                if (action is SupervisorAction.Send send)
                {
                    Assert.Contains(send.ProcessId, family.Alive);
                    if (send.Signal is HandledSignal.SIGTERM or HandledSignal.SIGINT) family = family with { Leaving = [.. family.Leaving, send.ProcessId] };
                }
                if (action is not SupervisorAction.Start) continue;
                Assert.True(family.State.Main == 0 && family.State.ExitCode is null && !family.IsStopped, $"{family.State}");
                family = Take(new SupervisorEvent.Started(family.NextId), family.Born());
            }
            Assert.True(family.State.Main > 0 || family.State.ExitCode is not null || family.State.StartDue is not null, $"{family.State}");
            Assert.True(family.State.Main == 0 || family.State.Generations.Contains(family.State.Main), $"{family.State}");
            return family;
        }
    }
}
