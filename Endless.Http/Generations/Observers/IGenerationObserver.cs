namespace Endless.Http.Generations;

/// <summary>
/// Told of the steps in a generation's life, each as it happens and on whatever thread it happens on: must return soon and not throw.
/// </summary>
internal interface IGenerationObserver
{
    /// <summary>Every server accepts. After a restart: just before the generation before this one is told.</summary>
    void Ready() { }

    /// <summary>Nobody before this generation accepts any more: it is the service now.</summary>
    /// <param name="announced">The predecessor has told the service manager so.</param>
    void InCharge(bool announced) { }

    /// <summary>A restart begins. Ends with <see cref="RestartFailed"/> or <see cref="SuccessorTookOver"/>.</summary>
    void RestartBegan() { }

    /// <summary>A restart was asked for while one is under way, whose end answers both.</summary>
    void RestartRefused() { }

    /// <summary>The next generation's process runs.</summary>
    void SuccessorStarted(int number, int processId) { }

    /// <summary>The next generation is ready, and this one does not accept any more. Its probation begins.</summary>
    void SuccessorReady() { }

    /// <summary>The restart has failed; this generation serves on.</summary>
    void RestartFailed(string reason) { }

    /// <summary>The next generation is ready. Called before this one stops accepting, and before the next one is told that it is in charge.</summary>
    void SuccessorTookOver(int number, int processId) { }

    /// <summary>The generation before this one, which drained, is gone.</summary>
    void PredecessorEnded() { }

    /// <summary>The service is about to stop: there is no next generation.</summary>
    void Stopping() { }

    /// <summary>The last server has ended.</summary>
    void Ended() { }
}
