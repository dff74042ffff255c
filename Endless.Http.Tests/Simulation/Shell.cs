using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>What the shell of a generation does upon what the machine says, and its thread for the successor. One action at a time, so that others can go on between two.</summary>
internal sealed class Shell(Rules rules, World world)
{
    private Member[] Members => world.Family.Members;

    /// <summary>An event comes to its turn.</summary>
    public void Step(int p, Happening happening)
    {
        ref var member = ref Members[p];
        var list = rules.DeedsOf(member.State, happening);
        member.State = rules.Next(member.State, happening);
        (member.Deeds, member.Done) = (list, 0);
        if (list == 0) Settle(p);
        else if (!world.Family.Common.IsFine) while (member.Deeds != 0) GoOn(p);
    }

    /// <summary>Does the next action of those under way.</summary>
    public void GoOn(int p)
    {
        ref var member = ref Members[p];
        var deeds = rules.List(member.Deeds);
        Do(p, deeds[member.Done++]);
        if (member.Life != Life.Living || member.Done < deeds.Length) return;
        (member.Deeds, member.Done) = (0, 0);
        Settle(p);
    }

    private void Settle(int p)
    {
        ref var member = ref Members[p];
        if (member.Is(Traits.StopsService)) world.Family.Common.StopIsDue = true;
        member.Traits &= ~Traits.StopsService;
        world.Judge.Settled(p);
    }

    private void Do(int p, Deed deed)
    {
        ref var member = ref Members[p];
        ref var common = ref world.Family.Common;
        switch (deed)
        {
            case >= Deed.StopTimer: member.Timers &= (byte)~(1 << (deed - Deed.StopTimer)); break;
            case >= Deed.StartTimer: member.Timers |= (byte)(1 << (deed - Deed.StartTimer)); break;
            case Deed.AskState: member.News |= News.Asked; break;
            case Deed.Spawn: member.News |= News.Spawning; break;
            case Deed.KillSuccessor:
                if (member.Successor != Member.Nobody && Members[member.Successor].Life == Life.Living) world.Die(member.Successor);
                break;
            case Deed.ForgetSuccessor: Forget(ref member); break;
            case Deed.TellTakeOver: Down(ref member, Word.TakeOver); break;
            case Deed.TellReleased: Down(ref member, Word.Released); break;
            case Deed.TellSuccessorStop:
                // Of one that drains: a manager that has not heard yet of the next one means the service.
                common.MayBeDown = true;
                if (rules.States[member.State].Successor == SuccessorPhase.InCharge && !IsReached(member.Successor)) common.StopIsDue = false;
                Down(ref member, Word.Stop);
                break;
            case Deed.TellReady: Up(ref member, Word.Ready); break;
            case Deed.TellFailed: Up(ref member, Word.Failed); break;
            case Deed.TellPredecessorStop: Up(ref member, Word.Stop); break;
            case Deed.Pause: member.Traits &= ~Traits.Accepting; break;
            case Deed.Resume:
                if (member.App == App.Runs) member.Traits |= Traits.Accepting;
                break;
            case Deed.HandOverIdle: member.News |= News.Giving; break;
            case Deed.TakeBack: GiveNothingMore(ref member); break;
            case Deed.Drain: (member.App, member.Traits, member.News) = (Leaving(member.App), member.Traits & ~Traits.Accepting, member.News | News.Giving); break;
            case Deed.StopServers:
                if (member.App is App.Boots or App.Runs) member.News |= News.Stops;
                (member.App, member.Traits) = (Leaving(member.App), member.Traits & ~Traits.Accepting);
                break;
            case Deed.Hammer: member.Traits |= Traits.Hammered; break;
            case Deed.AnnounceReady: common.PidFile = (byte)p; break;
            case Deed.TakeCharge: (common.PidFile, common.MainProcess) = ((byte)p, common.IsManaged ? (byte)p : Member.Nobody); break;
            case Deed.TakeChargeAnnounced:
                if (common.IsManaged && common.MainProcess != p) world.Break("the service manager hears of it later than the generation itself");
                break;
            case Deed.BeginRestart:
                if (member.Is(Traits.Attempt)) world.Break("a restart begins before the last one is answered");
                member.Traits |= Traits.Attempt;
                member.Waiting = 0;
                break;
            case Deed.SucceedRestart or Deed.FailRestart:
                if (!member.Is(Traits.Attempt)) world.Break("a restart is answered that has not begun");
                member.Traits &= ~Traits.Attempt;
                if (deed == Deed.FailRestart) common.PidFile = (byte)p;
                else if (common.IsManaged) common.MainProcess = member.Successor;
                break;
            case Deed.RefuseRestart:
                if (member.Waiting == 0) world.Break("a restart is refused that nobody has asked for");
                member.Waiting = 0;
                break;
        }
    }

    private static App Leaving(App app) => app is App.Boots or App.Runs ? App.Leaves : app;

    private void Down(ref Member member, Word word)
    {
        if (member.Successor == Member.Nobody) return;
        ref var child = ref Members[member.Successor];
        if (child.Life == Life.Living && (child.Traits & (Traits.Closed | Traits.DownTorn | Traits.Rogue)) == 0) Words.Push(ref child.Down, word);
    }

    /// <summary>
    /// It hears what it is told. A stop that one who has left the service passes on over a channel that has broken is as lost as one that was in it then, and one that has waited for the whole life of the
    /// next generation comes too late for anybody.
    /// </summary>
    private bool IsReached(int p) => p != Member.Nobody && Members[p].Life == Life.Living && !Members[p].Is(Traits.DownTorn);

    private void Up(ref Member member, Word word)
    {
        if (IsHeard(member)) Words.Push(ref member.Up, word);
    }

    private bool IsHeard(in Member member) =>
        member.Parent != Member.Nobody && Members[member.Parent].Life == Life.Living && (member.Traits & (Traits.Forgotten | Traits.UpTorn | Traits.EndRead)) == 0;

    /// <summary>Whatever the successor says from now on is not read. What it has said about connections has been: its thread reads before it gives up.</summary>
    private void Forget(ref Member member)
    {
        member.News &= ~(News.Spawning | News.Spawned);
        GiveNothingMore(ref member);
        if (member.Successor == Member.Nobody) return;
        ref var child = ref Members[member.Successor];
        member.Successor = Member.Nobody;
        while (child.Up != 0)
        {
            var (word, connection) = Words.Pop(ref child.Up);
            if (word == Word.Taken) member.Sent &= (byte)~connection;
        }
        if (child.Life == Life.Dead) member.Held |= child.Is(Traits.UpTorn) ? (byte)(member.Sent & world.Family.Common.Open) : member.Sent;
        member.Sent = 0;
        child.Traits = child.Life == Life.Dead ? 0 : child.Traits | Traits.Forgotten;
    }

    public void GiveNothingMore(ref Member member) => member.News &= ~(News.Giving | News.IdleDone);

    /// <summary>The thread of the successor sends the next that is idle, or says that there is none.</summary>
    public void Give(int p)
    {
        ref var member = ref Members[p];
        var idle = (byte)(member.Held & ~world.Family.Common.Busy);
        if (idle == 0)
        {
            member.News = (member.News & ~News.Giving) | News.IdleDone;
            return;
        }
        var one = (byte)(idle & -idle);
        member.Held &= (byte)~one;
        member.Sent |= one;
        ref var child = ref Members[member.Successor];
        if (child.Life == Life.Living && (child.Traits & (Traits.Closed | Traits.DownTorn)) == 0) Words.Push(ref child.Down, Word.Batch, one);
    }

    /// <summary>A batch arrives: it is acknowledged and only then read, or refused.</summary>
    public void Adopt(int p, int connection)
    {
        ref var member = ref Members[p];
        var takes = member.App == App.Runs;
        if (IsHeard(member)) Words.Push(ref member.Up, takes ? Word.Taken : Word.Refused, connection);
        if (takes) member.Held |= (byte)connection;
        else if (!IsHeard(member)) world.Family.Common.Open &= (byte)~connection;
    }
}
