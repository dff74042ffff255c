namespace Endless.Http.Generations;

/// <summary>Carries out some of what the machine says, on the generation's thread. What is not its own it passes over. Returns soon; does not throw for what can happen.</summary>
internal interface IGenerationActor
{
    /// <summary>Does its part of an action.</summary>
    void Do(GenerationAction action);
}
