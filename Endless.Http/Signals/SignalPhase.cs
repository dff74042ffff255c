namespace Endless.Http;

/// <summary>When a signal hook runs. Mirrors endless's <c>PRE_SIGNAL</c> and <c>POST_SIGNAL</c>.</summary>
public enum SignalPhase
{
    /// <summary>Before the server acts on the signal.</summary>
    PreSignal,

    /// <summary>After the server has begun to act on it: the new generation was spawned, the drain began.</summary>
    PostSignal,
}
