using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>Speaks to the generation before; null where there is none.</summary>
internal sealed class PredecessorActor(Predecessor? predecessor, StartGate gate) : IGenerationActor
{
    public void Do(GenerationAction action)
    {
        if (action is not TellPredecessor tell) return;
        switch (tell.Word)
        {
            case GenerationWord.Ready:
                predecessor?.SayReady();
                break;
            case GenerationWord.Stop:
                predecessor?.SayStop();
                break;
            case GenerationWord.Failed when predecessor?.SayFailed(tell.Reason ?? "") == true:
                gate.Fail(); // the process is about to be killed
                break;
        }
    }
}
