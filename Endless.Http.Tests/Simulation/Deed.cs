using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>The actions of the machine, numbered. A timer's number is its own added to the first of its kind.</summary>
internal enum Deed : byte
{
    Note, AskState, Spawn, KillSuccessor, ForgetSuccessor, TellTakeOver, TellReleased, TellSuccessorStop, TellReady, TellFailed, TellPredecessorStop, Pause, Resume, HandOverIdle, TakeBack,
    Drain, StopServers, Hammer, AnnounceReady, TakeCharge, TakeChargeAnnounced, BeginRestart, SucceedRestart, FailRestart, RefuseRestart,
    StartTimer = 64,
    StopTimer = 96,
}

/// <summary>What the numbers stand for.</summary>
internal static class Deeds
{
    public static Deed Of(GenerationAction action) => action switch
    {
        GenerationAction.AskState => Deed.AskState,
        GenerationAction.Spawn => Deed.Spawn,
        GenerationAction.KillSuccessor => Deed.KillSuccessor,
        GenerationAction.ForgetSuccessor => Deed.ForgetSuccessor,
        GenerationAction.TellSuccessor { Word: GenerationWord.TakeOver } => Deed.TellTakeOver,
        GenerationAction.TellSuccessor { Word: GenerationWord.Released } => Deed.TellReleased,
        GenerationAction.TellSuccessor => Deed.TellSuccessorStop,
        GenerationAction.TellPredecessor { Word: GenerationWord.Ready } => Deed.TellReady,
        GenerationAction.TellPredecessor { Word: GenerationWord.Failed } => Deed.TellFailed,
        GenerationAction.TellPredecessor => Deed.TellPredecessorStop,
        GenerationAction.PauseServers => Deed.Pause,
        GenerationAction.ResumeServers => Deed.Resume,
        GenerationAction.HandOverIdle => Deed.HandOverIdle,
        GenerationAction.TakeBack => Deed.TakeBack,
        GenerationAction.DrainServers => Deed.Drain,
        GenerationAction.StopServers => Deed.StopServers,
        GenerationAction.HammerServers => Deed.Hammer,
        GenerationAction.AnnounceReady => Deed.AnnounceReady,
        GenerationAction.TakeCharge { Announced: true } => Deed.TakeChargeAnnounced,
        GenerationAction.TakeCharge => Deed.TakeCharge,
        GenerationAction.BeginRestart => Deed.BeginRestart,
        GenerationAction.SucceedRestart => Deed.SucceedRestart,
        GenerationAction.FailRestart => Deed.FailRestart,
        GenerationAction.RefuseRestart => Deed.RefuseRestart,
        GenerationAction.StartTimer start => Deed.StartTimer + (byte)start.Timer,
        GenerationAction.StopTimer stop => Deed.StopTimer + (byte)stop.Timer,
        _ => Deed.Note,
    };
}
