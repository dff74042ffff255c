using System.Text.RegularExpressions;
using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>The machine's names as a reader's words.</summary>
internal static partial class TableWords
{
    public static string Of(Enum phase) => Humps().Replace(phase.ToString(), " ").ToLowerInvariant();

    public static string Of(Happening happening)
    {
        if (happening == Happening.StopAskedAgain) return "stop asked again";
        if (happening >= Happening.StateTimedOut) return $"time over: {Of((GenerationTimer)(happening - Happening.StateTimedOut))}";
        return Of((Enum)happening);
    }

    public static string Of(GenerationAction action) => action switch
    {
        GenerationAction.AskState => "asks `StateToNext`",
        GenerationAction.Spawn => "starts the program",
        GenerationAction.KillSuccessor => "kills the next",
        GenerationAction.ForgetSuccessor => "hears the next no more",
        GenerationAction.TellSuccessor tell => $"tells the next *{Of(tell.Word)}*",
        GenerationAction.TellPredecessor tell => $"tells the one before *{Of(tell.Word)}*",
        GenerationAction.PauseServers => "**stops accepting**",
        GenerationAction.ResumeServers => "**accepts again**",
        GenerationAction.HandOverIdle => "hands idle connections over",
        GenerationAction.TakeBack => "keeps what the next has not taken",
        GenerationAction.DrainServers => "drains",
        GenerationAction.StopServers => "stops its servers",
        GenerationAction.HammerServers => "ends its drain now",
        GenerationAction.StartTimer timer => $"begins the time: {Of(timer.Timer)}",
        // That a time is stopped is seen by the phase that it belongs to.
        GenerationAction.StopTimer => "",
        GenerationAction.AnnounceReady => "pid file and control socket name it",
        GenerationAction.TakeCharge { Announced: true } => "is the service",
        GenerationAction.TakeCharge => "is the service, and tells the manager",
        GenerationAction.AnnounceStop => "says that it stops",
        GenerationAction.BeginRestart => "the restart begins",
        GenerationAction.AnnounceSuccessor => "says that the next starts",
        GenerationAction.AnnounceSuccessorReady => "says that the next accepts",
        GenerationAction.SucceedRestart => "**the restart has succeeded**, and the manager is told",
        GenerationAction.FailRestart => "**the restart has failed**",
        GenerationAction.RefuseRestart refuse => $"answers: no restart, {Of(refuse.Refusal)}",
        GenerationAction.PostponeRestart postpone => $"notes: a restart later, {Of(postpone.Postponement)}",
        GenerationAction.AnnouncePredecessorGone => "says that the one before is gone",
        GenerationAction.NoteStop => "notes the stop",
        GenerationAction.NoteSuccessorNonsense => "notes the nonsense",
        GenerationAction.NoteSuccessorEnd => "notes the next one's end",
        GenerationAction.NoteSuccessorStop => "notes that the next was told to stop",
        _ => throw new ArgumentException($"{action} has no words.", nameof(action)),
    };

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Humps();
}
