using Endless.Http.Channels;

namespace Endless.Http.Generations;

/// <summary>What the old generation does with its servers as the next one takes over.</summary>
internal interface IRestartSteps
{
    /// <summary>The next generation accepts: stops accepting here, and completes when no accept is under way. Connections are served on.</summary>
    Task PauseAsync();

    /// <summary>What this generation's counters stand at, for the next one; asked for once it does not accept any more.</summary>
    CountersMessage Counters();

    /// <summary>The next generation has died: accepts again.</summary>
    void Continue();

    /// <summary>The next generation is trusted: drains, and hands over on this channel what it can.</summary>
    void HandOn(ControlChannel control);
}
