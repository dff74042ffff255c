using Endless.Http.Supervision;
using static Endless.Http.Signals.HandledSignal;

namespace Endless.Http.Tests.Supervision;

/// <summary>What the supervisor decides, story by story.</summary>
public sealed class SupervisorMachineTests
{
    [Fact]
    public void A_stop_reaches_the_generation_that_was_named_while_it_was_on_its_way()
    {
        var story = SupervisorStory.Serving(2);
        story.Signal(SIGTERM);
        Assert.Equal([(2, SIGTERM)], story.Sent);
        story.Name(2, next: 3);
        Assert.Equal([(3, SIGTERM)], story.Sent);
        story.Exit(2);
        Assert.False(story.State.IsOver);
        story.Exit(3);
        Assert.True(story.State.IsOver);
        Assert.Equal(0, story.State.ExitCode);
    }

    [Fact]
    public void A_stop_reaches_a_generation_that_claims_after_it()
    {
        var story = SupervisorStory.Serving(2);
        story.Signal(SIGINT);
        story.Kill(2);
        Assert.True(story.State.IsOver);
        story.Name(3, next: 3);
        Assert.Equal([(3, SIGINT)], story.Sent);
        Assert.False(story.State.IsOver);
        story.Exit(3);
        Assert.True(story.State.IsOver);
        Assert.Equal(128 + 9, story.State.ExitCode);
    }

    [Fact]
    public void A_stop_reaches_a_generation_that_has_claimed_before_it()
    {
        var story = SupervisorStory.Serving(2);
        story.Name(3, next: 3);
        story.Signal(SIGTERM);
        Assert.Equal([(2, SIGTERM), (3, SIGTERM)], story.Sent);

        story = SupervisorStory.Serving(2);
        story.Name(3, next: 3);
        story.Signal(SIGINT, isTyped: true);
        Assert.Equal([(3, SIGINT)], story.Sent);
    }

    [Fact]
    public void SIGUSR2_reaches_every_generation_that_drains_after_a_stop_too()
    {
        var story = SupervisorStory.Serving(2);
        story.Name(2, next: 3);
        story.Name(3, next: 4);
        story.Signal(SIGTERM);
        story.Signal(SIGUSR2);
        Assert.Equal([(2, SIGUSR2), (3, SIGUSR2), (4, SIGUSR2)], story.Sent);
        story.Exit(4);
        story.Signal(SIGUSR2);
        Assert.Equal([(2, SIGUSR2), (3, SIGUSR2)], story.Sent);
    }

    [Fact]
    public void SIGUSR2_spares_a_main_process_that_cannot_take_it_yet()
    {
        var story = SupervisorStory.Serving(2);
        story.Name(2, next: 3);
        story.Kill(3);
        story.WaitUntilDue();
        story.Happen(new SupervisorEvent.Started(4));
        story.Signal(SIGUSR2);
        Assert.Equal([(2, SIGUSR2)], story.Sent);
    }

    [Fact]
    public void A_second_stop_reaches_everybody_who_is_left()
    {
        var story = SupervisorStory.Serving(2);
        story.Name(2, next: 3);
        story.Signal(SIGTERM);
        Assert.Equal([(3, SIGTERM)], story.Sent);
        story.Signal(SIGINT);
        Assert.Equal([(2, SIGINT), (3, SIGINT)], story.Sent);
    }

    [Fact]
    public void What_was_typed_is_passed_on_to_nobody_who_says_to_have_heard_it()
    {
        var story = SupervisorStory.Serving(2);
        story.Signal(SIGINT, isTyped: true);
        Assert.Empty(story.Sent);
        story.Say(2, "STOPPING=1");
        Assert.Null(story.State.Due);
        story.Signal(SIGINT, isTyped: true);
        Assert.Empty(story.Sent);
        story.Exit(2);
        Assert.True(story.State.IsOver);
    }

    [Fact]
    public void What_looked_typed_is_passed_on_when_nobody_has_heard_it()
    {
        var story = SupervisorStory.Serving(2);
        story.Signal(SIGINT, isTyped: true);
        story.Name(2, next: 3);
        Assert.Empty(story.Sent);
        story.WaitUntilDue();
        Assert.Equal([(3, SIGINT)], story.Sent);
        story.Wait(60_000);
        Assert.Empty(story.Sent);
    }

    [Fact]
    public void A_SIGTERM_after_a_Ctrl_C_is_passed_on_at_once()
    {
        var story = SupervisorStory.Serving(2);
        story.Signal(SIGINT, isTyped: true);
        story.Signal(SIGTERM);
        Assert.Equal([(2, SIGTERM)], story.Sent);
        Assert.Null(story.State.Due);
    }

    [Fact]
    public void A_stop_between_a_crash_and_the_next_start_starts_nothing_more()
    {
        var story = SupervisorStory.Serving(2);
        story.Kill(2);
        story.Signal(SIGTERM);
        Assert.True(story.State.IsOver);
        Assert.Equal(0, story.State.ExitCode);
        story.Wait(60_000);
        Assert.False(story.Starts);
    }

    [Fact]
    public void A_SIGHUP_that_comes_too_early_is_kept_until_the_program_is_ready()
    {
        var story = new SupervisorStory();
        story.Start(2);
        story.Signal(SIGHUP);
        story.Signal(SIGUSR1);
        Assert.Empty(story.Sent);
        story.Say(2, "READY=1");
        Assert.Equal([(2, SIGHUP)], story.Sent);
        story.Say(2, "READY=1");
        Assert.Empty(story.Sent);
    }

    [Fact]
    public void A_SIGHUP_that_was_kept_is_forgotten_with_a_stop()
    {
        var story = new SupervisorStory();
        story.Start(2);
        story.Signal(SIGHUP);
        story.Signal(SIGTERM);
        story.Say(2, "READY=1");
        Assert.Empty(story.Sent);
    }

    [Fact]
    public void A_crash_is_followed_by_a_start_after_a_pause_and_the_fifth_fast_one_by_none()
    {
        var story = SupervisorStory.Serving(2);
        for (var (id, pause) = (2, 100); id < 6; id++, pause *= 2)
        {
            story.Kill(id);
            Assert.Equal(story.Now + pause, story.State.Due);
            story.WaitUntilDue();
            Assert.True(story.Starts);
            story.Happen(new SupervisorEvent.Started(id + 1));
            story.Say(id + 1, "READY=1");
        }
        story.Kill(6);
        Assert.IsType<SupervisorAction.LogEnd>(Assert.Single(story.Actions));
        Assert.Equal(128 + 9, story.State.ExitCode);
        Assert.True(story.State.IsOver);
    }

    [Fact]
    public void A_program_that_cannot_be_started_again_counts_as_a_crash()
    {
        var story = SupervisorStory.Serving(2);
        story.Kill(2);
        for (var failure = 0; failure < 4; failure++)
        {
            story.WaitUntilDue();
            story.Happen(new SupervisorEvent.StartFailed("cannot execute"));
        }
        Assert.Equal(126, story.State.ExitCode);
    }

    [Fact]
    public void A_program_that_never_served_is_not_started_anew()
    {
        var story = new SupervisorStory();
        story.Start(2);
        story.Exit(2, code: 3);
        Assert.Equal(3, story.State.ExitCode);
    }

    [Fact]
    public void A_program_that_crashes_while_it_ends_of_its_own_accord_is_not_started_anew()
    {
        var story = SupervisorStory.Serving(2);
        story.Say(2, "STOPPING=1");
        Assert.Equal([new SupervisorAction.CloseListeners()], story.Actions);
        story.Kill(2);
        Assert.Equal(128 + 9, story.State.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_generation_that_carries_on_alone_is_followed_whatever_is_heard_of_first(bool claimFirst)
    {
        var story = SupervisorStory.Serving(2);
        if (claimFirst) story.Name(3, next: 3);
        story.Kill(2);
        if (!claimFirst) story.Name(3, next: 3);
        Assert.Equal(3, story.State.Main);
        story.Wait(60_000);
        Assert.False(story.Starts);
        story.Signal(SIGHUP);
        Assert.Equal([(3, SIGHUP)], story.Sent);
    }

    [Fact]
    public void A_main_process_that_dies_in_a_restart_leaves_its_next_generation_time_to_say_so()
    {
        var story = SupervisorStory.Serving(2);
        story.Say(2, "RELOADING=1");
        story.Kill(2);
        story.Wait(1_900);
        Assert.False(story.Starts);
        story.Name(3, next: 3);
        story.Wait(60_000);
        Assert.False(story.Starts);
        Assert.Empty(story.Sent);

        story.Say(3, "RELOADING=1");
        story.Say(3, "READY=1", "STATUS=the last restart failed");
        story.Kill(3);
        story.Wait(100);
        Assert.True(story.Starts);
    }

    [Fact]
    public void A_claimant_that_hands_on_in_turn_leaves_the_claim_to_the_next()
    {
        var story = SupervisorStory.Serving(2);
        story.Name(3, next: 3);
        story.Name(3, next: 4);
        Assert.Empty(story.Sent);
        story.Kill(2);
        Assert.Equal(4, story.State.Main);
    }

    [Fact]
    public void A_claimant_is_stopped_while_the_main_process_lives()
    {
        var story = SupervisorStory.Serving(2);
        story.Name(3, next: 3);
        story.WaitUntilDue();
        Assert.Equal([(3, SIGTERM)], story.Sent);
        story.Exit(2);
        Assert.False(story.State.IsOver);
        story.Exit(3);
        Assert.True(story.State.IsOver);
    }

    [Fact]
    public void A_process_that_is_not_the_main_one_changes_nothing()
    {
        var story = SupervisorStory.Serving(2);
        var before = story.State;
        story.Say(7, "STOPPING=1");
        story.Say(7, "MAINPID=8", "READY=1");
        story.Say(7, "FDSTORE=1", "FDNAME=x");
        story.Say(2, "MAINPID=1"); // which is this one
        story.Say(2, "MAINPID=soon");
        Assert.Equal(before, story.State);
        Assert.Empty(story.Actions);
    }

    [Fact]
    public void An_exit_code_that_another_process_reaped_is_what_was_said()
    {
        var story = SupervisorStory.Serving(2);
        story.Name(2, next: 3);
        story.Say(3, "STOPPING=1");
        story.Vanish(3);
        Assert.Equal(0, story.State.ExitCode);
        Assert.False(story.State.IsOver); // the one before it still drains
        story.Exit(2);
        Assert.True(story.State.IsOver);

        story = SupervisorStory.Serving(2);
        story.Name(2, next: 3);
        story.Vanish(3);
        Assert.Null(story.State.ExitCode);
        Assert.NotNull(story.State.Due);
    }

    [Fact]
    public void Orphans_keep_nothing_alive()
    {
        var story = SupervisorStory.Serving(2);
        story.Exit(4711);
        story.Signal(SIGTERM);
        story.Exit(2);
        Assert.True(story.State.IsOver);
    }

    [Fact]
    public void A_manager_outside_hears_of_the_service_and_not_of_the_processes_in_it()
    {
        var story = SupervisorStory.Serving(2);
        story.Say(2, "RELOADING=1", "MONOTONIC_USEC=5", "STATUS=restarting");
        story.Say(2, "MAINPID=3", "READY=1", "WATCHDOG=1", "STATUS=Generation 2 serves");
        story.Say(3, "FDSTORE=1", "FDNAME=x");
        story.Say(3, "WATCHDOG=1");
        story.Signal(SIGTERM);
        story.Say(3, "STOPPING=1", "STATUS=Stopping");
        Assert.Equal(
            ["READY=1", "RELOADING=1\nMONOTONIC_USEC=5\nSTATUS=restarting", "READY=1\nWATCHDOG=1\nSTATUS=Generation 2 serves", "WATCHDOG=1", "STOPPING=1", "STOPPING=1\nSTATUS=Stopping"],
            story.Told);
    }

    [Fact]
    public void A_manager_outside_hears_of_a_crash_with_a_sign_of_life()
    {
        var story = SupervisorStory.Serving(2);
        story.Kill(2);
        Assert.Equal("WATCHDOG=1\nSTATUS=Process 2 was killed by SIGKILL; starting anew", story.Told[^1]);
    }
}
