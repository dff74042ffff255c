namespace Endless.Http;

/// <summary>Where a server is in its life. Mirrors endless's states.</summary>
public enum ServerState
{
    /// <summary>Made, not started.</summary>
    Init,

    /// <summary>Listening and accepting.</summary>
    Running,

    /// <summary>No longer accepting; its connections are being finished.</summary>
    ShuttingDown,

    /// <summary>Done. Final.</summary>
    Terminated,
}
